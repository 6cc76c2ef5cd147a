"""Dosing: weights, orders, products, bags and pumps; what is drawn, set, given and left."""
