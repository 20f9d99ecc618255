"""What mixes tokens of several images or modalities behind the encoder; dropped when it is exported."""
