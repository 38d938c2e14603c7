"""Archives that go along on home-visit laptops and come back."""
