"""Robots that ask whether an address answers, and say "not known" wherever a careful officer would."""
