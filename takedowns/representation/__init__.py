"""How a referral and its changes are shown to a platform or an agency: by the API and by webhooks alike."""
