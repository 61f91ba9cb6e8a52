"""Trained weights for mrpn; see registry.json and the cards beside it."""
