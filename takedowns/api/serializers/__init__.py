"""What callers may send, and what they get: checked and described in one place, by DRF's serializers."""
