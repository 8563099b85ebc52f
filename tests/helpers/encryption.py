"""The key that every store of a test is encrypted with, here and in the processes that tests start."""

from cryptography.fernet import Fernet

KEY = Fernet.generate_key().decode()
