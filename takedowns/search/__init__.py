"""Finding referrals again, keeping how one looks at them, and changing many that were found."""
