/// The group's core (`Cores[]` of a core definition version): described as a device is.
public typealias CoreDefinition = DeviceDefinition
