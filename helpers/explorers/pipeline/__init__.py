"""The pipeline: a picture, a filter, ReLU and pooling, twice."""
