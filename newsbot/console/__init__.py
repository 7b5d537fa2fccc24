"""The commands of `newsbot`, one a file; the object `command` of each is what runs."""
