"""The methods: what each shows a network of a tile, what it asks of it, and the contract they share."""
