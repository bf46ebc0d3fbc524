"""What colleagues say to each other about a referral, and whom they mention; never for a platform."""
