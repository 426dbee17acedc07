"""Int8 networks for boards. In reading order:

network       the int8 classifier: load it, write it as C
train_digits  the script that trained `digits_mlp.npz`
"""
