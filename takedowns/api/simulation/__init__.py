"""A platform that is played: a program that reads and answers through the API, over real HTTP, as a platform's would."""
