"""The case file: the forms of Decree 56/2017/NĐ-CP that staff fill, with the child's own words as their source."""
