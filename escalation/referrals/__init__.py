"""Referrals: who else is asked to help a child, on whose yes or which ground, what goes out, what is answered."""
