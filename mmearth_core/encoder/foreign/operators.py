"""The operators that networks of others may have: arithmetic on tensors, the same each time, and with an end.

Not among them: loops and choices (`If`, `Loop`), chance (`RandomNormal`, `Dropout`), texts, sequences,
training, recurrent layers, and whatever is not of ONNX' own domain.
"""

from mmearth_core.encoder.onnx_file import OPERATORS

#: What `onnx_file.parse` lets pass of a network that is not ours.
OPERATORS_OF_OTHERS = OPERATORS | {
    # element by element
    *("Abs", "Ceil", "Clip", "Cos", "Div", "Equal", "Erf", "Exp", "Floor", "Greater", "GreaterOrEqual", "IsInf"),
    *("IsNaN", "Less", "LessOrEqual", "And", "Or", "Not", "Xor", "Log", "Max", "Mean", "Min", "Mod", "Neg", "Pow"),
    *("Reciprocal", "Round", "Sign", "Sin", "Sqrt", "Sub", "Sum", "Tan", "Where"),
    # activations
    *("Celu", "Elu", "HardSigmoid", "HardSwish", "LeakyRelu", "LogSoftmax", "Mish", "PRelu", "Relu", "Selu"),
    *("Sigmoid", "Softmax", "Softplus", "Softsign", "Swish", "Tanh", "ThresholdedRelu"),
    # layers
    *("AveragePool", "Attention", "BatchNormalization", "ConvTranspose", "GlobalAveragePool"),
    *("GlobalMaxPool", "GroupNormalization", "InstanceNormalization", "LRN", "LpNormalization", "LpPool", "MaxPool"),
    *("MeanVarianceNormalization", "RMSNormalization", "Einsum", "CumSum", "RotaryEmbedding"),
    # sums over axes
    *("ArgMax", "ArgMin", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean"),
    *("ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "TopK"),
    # shapes and places
    *("CastLike", "Compress", "Constant", "ConstantOfShape", "DepthToSpace", "Expand", "EyeLike", "Flatten", "Gather"),
    *("GatherElements", "GatherND", "GridSample", "AffineGrid", "Identity", "NonZero", "OneHot", "Pad", "Range"),
    *("ReverseSequence", "ScatterElements", "ScatterND", "Size", "Slice", "SpaceToDepth", "Squeeze", "Tile", "Trilu"),
    *("CenterCropPad", "Col2Im"),
    # stored in few bits
    *("ConvInteger", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "QLinearConv", "QLinearMatMul"),
    "QuantizeLinear",
}
