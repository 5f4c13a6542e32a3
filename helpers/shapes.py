def conv_output_size(size,kernel_size,stride=1,padding=0,dilation=1):
    span=dilation*(kernel_size-1)+1
    if size+2*padding<span: raise ValueError(f"kernel_size={kernel_size}: spans {span} > padded {size+2*padding}")
    return (size+2*padding-span)//stride+1
def uncovered(size,k,s,p,d):
    o=conv_output_size(size,k,s,p,d); c={i*s-p+j*d for i in range(o) for j in range(k)}
    return [i for i in range(size) if i not in c]
