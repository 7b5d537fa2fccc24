"""Small pages of invented news, for the tests of the reader: the same words in many markups."""
