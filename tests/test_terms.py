"""The field's standard words stand where a reader who searches finds them: in bold or in a heading."""

import re

import pytest
from browser import ROOT

TERMS = {
    1: "flatten, template, weight sharing, local connectivity, translation equivariance, invariant, "
    "inductive bias, sample efficiency",
    2: "kernel, dot product, convolution, cross-correlation, edge detection, image gradient, low-pass, "
    "high-pass, frequency response, separable, gradient descent, loss, Toeplitz matrix, linearity",
    3: "stride, padding, dilation, output size, valid, same, full, many-to-one, zero, reflect, "
    "replicate, circular",
    4: "filter, channel, feature map, feature vector, batch, im2col, matrix product, MACs, parameters",
    5: "max pooling, average pooling, global average pooling, overlapping pooling, ceil mode, blur "
    "pooling, translation invariance, spatial pyramid pooling, strided convolution, gradient",
    6: "activation function, nonlinearity, forward pass, softmax, cross-entropy, backpropagation, chain "
    "rule, gradient check, SGD, momentum, Adam, weight decay, learning rate schedule, "
    "initialisation, overfitting, data augmentation, dropout, batch norm, degradation, skip "
    "connection, residual block, projection shortcut, confusion matrix, numerical stability",
    7: "receptive field, effective receptive field, jump, first centre, root mean square, Gaussian",
    8: "1 × 1 convolution, bottleneck, Inception block, grouped convolution, channel shuffle, "
    "depthwise, pointwise, depthwise separable convolution, inverted bottleneck, "
    "squeeze-and-excitation, dilated convolution, transposed convolution, output_padding, checkerboard, "
    "MACs, SVD",
    9: "activation function, feature map, receptive field, Fire module, occlusion, polysemantic, gradient "
    "ascent, activation maximisation, feature visualisation, deconvolutional network",
    10: "confusion matrix, saliency, Grad-CAM, adversarial example, balanced accuracy, transfer learning, "
    "backbone, frozen features, feature extraction, head, fine-tuning, preprocessing, domain shift, "
    "Dataset, DataLoader, data augmentation, validation set, frozen parameters, checkpoint, class "
    "activation map, segmentation, detection, intersection over union, non-maximum suppression, "
    "patch embedding, attention",
}


def found(text):
    """Headings and what is in bold, without links and line ends, in lower case."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    parts = re.findall(r"^#+ (.+)$", text, re.M) + re.findall(r"\*\*(.+?)\*\*", text, re.S)
    return " | ".join(" ".join(re.sub(r"\[(.+?)\]\(.*?\)", r"\1", part).split()) for part in parts).lower()


@pytest.mark.parametrize(("number", "terms"), TERMS.items())
def test_a_chapter_names_the_standard_terms(number, terms):
    (path,) = (ROOT / "chapters" / "text").glob(f"{number:02}_*.md")
    stands_out = found(path.read_text(encoding="utf-8"))
    missing = [term for term in terms.split(", ") if term.lower() not in stands_out]
    assert not missing, f"in bold at first use, or in a heading: {missing}"
