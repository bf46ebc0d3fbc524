"""Making approved referrals known to platforms: dispatch, hand-off by file and mail."""
