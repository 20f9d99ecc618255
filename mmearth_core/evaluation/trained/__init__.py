"""What of judging needs torch: random encoders, and protocols that train."""
