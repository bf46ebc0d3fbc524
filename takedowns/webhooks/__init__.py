"""Telling platforms: what a referral and its changes look like outside, and webhooks that carry them."""
