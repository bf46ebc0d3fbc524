"""What the product is made of beside its own code: packages, their licences, a bill of materials."""
