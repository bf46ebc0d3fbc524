"""How a referral and its changes are shown to a platform: by the API and by webhooks alike."""
