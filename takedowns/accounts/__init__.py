"""How people come in: signing in with a second factor, invitations, what was done to accounts. On django-allauth."""
