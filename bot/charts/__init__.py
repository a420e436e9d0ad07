"""Charts as pictures: an SVG of ours, in which every label has its measured place, made a PNG with a font of ours."""
