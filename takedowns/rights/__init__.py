"""What the law asks of data that are kept: legal holds, pseudonyms of people who left, what is held about somebody."""
