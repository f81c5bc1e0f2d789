"""What a machine can check of our texts: length, words, numbers, links, translations, who has read them."""
