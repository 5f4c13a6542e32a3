"""What explorers are made of; no explorer lives here."""
