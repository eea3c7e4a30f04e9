"""Certificates that programs can check: Open Badges 3.0, signed as a JSON Web Token."""
