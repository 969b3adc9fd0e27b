"""Burned-in text: which pictures are suspect, where rules blank them, and the blanking."""
