import { goDuration } from '../go/time.js'
import { DURATION_METHODS, TIME, TYPE_METHODS } from './methods.js'
import { ANY, BOOL, type Field, FLOAT, INT, mapOf, STRING, sliceOf, type Type } from './values.js'

/**
 * What docker 28.5 reads answers into, by Go's names: `Name type`, `Name=key type` where the Engine calls it otherwise, a
 * question mark behind what JSON leaves out when it is empty, and a roof before what is embedded. A line that is indented
 * goes on with the one before.
 */
const TABLE = `
blkiodev.ThrottleDevice struct: Path string, Rate uint64
blkiodev.WeightDevice struct: Path string, Weight uint16
container.CgroupSpec string
container.CgroupnsMode string
container.Config struct: Hostname string, Domainname string, User string, AttachStdin bool, AttachStdout
  bool, AttachStderr bool, ExposedPorts? nat.PortSet, Tty bool, OpenStdin bool, StdinOnce bool, Env
  []string, Cmd strslice.StrSlice, Healthcheck? *v1.HealthcheckConfig, ArgsEscaped? bool, Image string,
  Volumes map[string]struct{}, WorkingDir string, Entrypoint strslice.StrSlice, NetworkDisabled? bool,
  MacAddress? string, OnBuild []string, Labels map[string]string, StopSignal? string, StopTimeout? *int,
  Shell? strslice.StrSlice
container.ContainerJSONBase struct: ID=Id string, Created string, Path string, Args []string, State
  *container.State, Image string, ResolvConfPath string, HostnamePath string, HostsPath string, LogPath
  string, Name string, RestartCount int, Driver string, Platform string, MountLabel string, ProcessLabel
  string, AppArmorProfile string, ExecIDs []string, HostConfig *container.HostConfig, GraphDriver
  storage.DriverData, SizeRw? *int64, SizeRootFs? *int64
container.DefaultNetworkSettings struct: EndpointID string, Gateway string, GlobalIPv6Address string,
  GlobalIPv6PrefixLen int, IPAddress string, IPPrefixLen int, IPv6Gateway string, MacAddress string
container.DeviceMapping struct: PathOnHost string, PathInContainer string, CgroupPermissions string
container.DeviceRequest struct: Driver string, Count int, DeviceIDs []string, Capabilities [][]string,
  Options map[string]string
container.Health struct: Status string, FailingStreak int, Log []*container.HealthcheckResult
container.HealthcheckResult struct: Start time.Time, End time.Time, ExitCode int, Output string
container.HostConfig struct: Binds []string, ContainerIDFile string, LogConfig container.LogConfig,
  NetworkMode container.NetworkMode, PortBindings nat.PortMap, RestartPolicy container.RestartPolicy,
  AutoRemove bool, VolumeDriver string, VolumesFrom []string, ConsoleSize [2]uint, Annotations?
  map[string]string, CapAdd strslice.StrSlice, CapDrop strslice.StrSlice, CgroupnsMode
  container.CgroupnsMode, DNS=Dns []string, DNSOptions=DnsOptions []string, DNSSearch=DnsSearch []string,
  ExtraHosts []string, GroupAdd []string, IpcMode container.IpcMode, Cgroup container.CgroupSpec, Links
  []string, OomScoreAdj int, PidMode container.PidMode, Privileged bool, PublishAllPorts bool,
  ReadonlyRootfs bool, SecurityOpt []string, StorageOpt? map[string]string, Tmpfs? map[string]string,
  UTSMode container.UTSMode, UsernsMode container.UsernsMode, ShmSize int64, Sysctls? map[string]string,
  Runtime? string, Isolation container.Isolation, ^container.Resources, Mounts? []mount.Mount, MaskedPaths
  []string, ReadonlyPaths []string, Init? *bool
container.InspectResponse struct: ^*container.ContainerJSONBase, Mounts []container.MountPoint, Config
  *container.Config, NetworkSettings *container.NetworkSettings, ImageManifestDescriptor? *v1.Descriptor
container.IpcMode string
container.Isolation string
container.LogConfig struct: Type string, Config map[string]string
container.MountPoint struct: Type? mount.Type, Name? string, Source string, Destination string, Driver?
  string, Mode string, RW bool, Propagation mount.Propagation
container.NetworkMode string
container.NetworkSettings struct: ^container.NetworkSettingsBase, ^container.DefaultNetworkSettings,
  Networks map[string]*network.EndpointSettings
container.NetworkSettingsBase struct: Bridge string, SandboxID string, SandboxKey string, Ports
  nat.PortMap, HairpinMode bool, LinkLocalIPv6Address string, LinkLocalIPv6PrefixLen int,
  SecondaryIPAddresses []network.Address, SecondaryIPv6Addresses []network.Address
container.PidMode string
container.Resources struct: CPUShares=CpuShares int64, Memory int64, NanoCPUs=NanoCpus int64, CgroupParent
  string, BlkioWeight uint16, BlkioWeightDevice []*blkiodev.WeightDevice, BlkioDeviceReadBps
  []*blkiodev.ThrottleDevice, BlkioDeviceWriteBps []*blkiodev.ThrottleDevice, BlkioDeviceReadIOps
  []*blkiodev.ThrottleDevice, BlkioDeviceWriteIOps []*blkiodev.ThrottleDevice, CPUPeriod=CpuPeriod int64,
  CPUQuota=CpuQuota int64, CPURealtimePeriod=CpuRealtimePeriod int64,
  CPURealtimeRuntime=CpuRealtimeRuntime int64, CpusetCpus string, CpusetMems string, Devices
  []container.DeviceMapping, DeviceCgroupRules []string, DeviceRequests []container.DeviceRequest,
  KernelMemory? int64, KernelMemoryTCP? int64, MemoryReservation int64, MemorySwap int64, MemorySwappiness
  *int64, OomKillDisable *bool, PidsLimit *int64, Ulimits []*units.Ulimit, CPUCount=CpuCount int64,
  CPUPercent=CpuPercent int64, IOMaximumIOps uint64, IOMaximumBandwidth uint64
container.RestartPolicy struct: Name container.RestartPolicyMode, MaximumRetryCount int
container.RestartPolicyMode string
container.State struct: Status string, Running bool, Paused bool, Restarting bool, OOMKilled bool, Dead
  bool, Pid int, ExitCode int, Error string, StartedAt string, FinishedAt string, Health?
  *container.Health
container.UTSMode string
container.UsernsMode string
context.contextWithTLSListing struct: ^store.Metadata, TLSMaterial map[string]store.EndpointFiles, Storage
  store.StorageInfo
digest.Digest string
events.Action string
events.Actor struct: ID string, Attributes map[string]string
events.Message struct: Status=status? string, ID=id? string, From=from? string, Type events.Type, Action
  events.Action, Actor events.Actor, Scope=scope? string, Time=time? int64, TimeNano=timeNano? int64
events.Type string
image.AttestationProperties struct: For digest.Digest
image.ContentSize struct: Content int64, Total int64
image.ImageProperties struct: Platform v1.Platform, Size image.UnpackedSize, Containers []string
image.InspectResponse struct: ID=Id string, RepoTags []string, RepoDigests []string, Parent string,
  Comment string, Created? string, Container? string, ContainerConfig? *container.Config, DockerVersion
  string, Author string, Config *v1.DockerOCIImageConfig, Architecture string, Variant? string, Os string,
  OsVersion? string, Size int64, VirtualSize? int64, GraphDriver storage.DriverData, RootFS image.RootFS,
  Metadata image.Metadata, Descriptor? *v1.Descriptor, Manifests? []image.ManifestSummary
image.ManifestKind string
image.ManifestSummary struct: ID string, Descriptor v1.Descriptor, Available bool, Size image.ContentSize,
  Kind image.ManifestKind, ImageData? *image.ImageProperties, AttestationData?
  *image.AttestationProperties
image.Metadata struct: LastTagTime? time.Time
image.RootFS struct: Type? string, Layers? []string
image.UnpackedSize struct: Unpacked int64
mount.BindOptions struct: Propagation? mount.Propagation, NonRecursive? bool, CreateMountpoint? bool,
  ReadOnlyNonRecursive? bool, ReadOnlyForceRecursive? bool
mount.ClusterOptions struct:
mount.Consistency string
mount.Driver struct: Name? string, Options? map[string]string
mount.ImageOptions struct: Subpath? string
mount.Mount struct: Type? mount.Type, Source? string, Target? string, ReadOnly? bool, Consistency?
  mount.Consistency, BindOptions? *mount.BindOptions, VolumeOptions? *mount.VolumeOptions, ImageOptions?
  *mount.ImageOptions, TmpfsOptions? *mount.TmpfsOptions, ClusterOptions? *mount.ClusterOptions
mount.Propagation string
mount.TmpfsOptions struct: SizeBytes? int64, Mode? os.FileMode, Options? [][]string
mount.Type string
mount.VolumeOptions struct: NoCopy? bool, Labels? map[string]string, Subpath? string, DriverConfig?
  *mount.Driver
nat.Port string
nat.PortBinding struct: HostIP=HostIp string, HostPort string
nat.PortMap map[nat.Port][]nat.PortBinding
nat.PortSet map[nat.Port]struct{}
network.Address struct: Addr string, PrefixLen int
network.ConfigReference struct: Network string
network.EndpointIPAMConfig struct: IPv4Address? string, IPv6Address? string, LinkLocalIPs? []string
network.EndpointResource struct: Name string, EndpointID string, MacAddress string, IPv4Address string,
  IPv6Address string
network.EndpointSettings struct: IPAMConfig *network.EndpointIPAMConfig, Links []string, Aliases []string,
  MacAddress string, DriverOpts map[string]string, GwPriority int, NetworkID string, EndpointID string,
  Gateway string, IPAddress string, IPPrefixLen int, IPv6Gateway string, GlobalIPv6Address string,
  GlobalIPv6PrefixLen int, DNSNames []string
network.IPAM struct: Driver string, Options map[string]string, Config []network.IPAMConfig
network.IPAMConfig struct: Subnet? string, IPRange? string, Gateway? string,
  AuxAddress=AuxiliaryAddresses? map[string]string
network.Inspect struct: Name string, ID=Id string, Created time.Time, Scope string, Driver string,
  EnableIPv4 bool, EnableIPv6 bool, IPAM network.IPAM, Internal bool, Attachable bool, Ingress bool,
  ConfigFrom network.ConfigReference, ConfigOnly bool, Containers map[string]network.EndpointResource,
  Options map[string]string, Labels map[string]string, Peers? []network.PeerInfo, Services?
  map[string]network.ServiceInfo
network.PeerInfo struct: Name string, IP string
network.ServiceInfo struct: VIP string, Ports []string, LocalLBIndex int, Tasks []network.Task
network.Task struct: Name string, EndpointID string, EndpointIP string, Info map[string]string
registry.IndexInfo struct: Name string, Mirrors []string, Secure bool, Official bool
registry.ServiceConfig struct: AllowNondistributableArtifactsCIDRs? []string,
  AllowNondistributableArtifactsHostnames? []string, InsecureRegistryCIDRs []string, IndexConfigs
  map[string]*registry.IndexInfo, Mirrors []string
runtime.PluginPrivilege struct: Name=name? string, Description=description? string, Value=value? []string
runtime.PluginSpec struct: Name=name? string, Remote=remote? string, Privileges=privileges?
  []*runtime.PluginPrivilege, Disabled=disabled? bool, Env=env? []string
storage.DriverData struct: Data map[string]string, Name string
store.EndpointFiles []string
store.Metadata struct: Name? string, Metadata? any, Endpoints? map[string]any
store.StorageInfo struct: MetadataPath string, TLSPath string
strslice.StrSlice []string
swarm.Annotations struct: Name? string, Labels map[string]string
swarm.AppArmorMode string
swarm.AppArmorOpts struct: Mode? swarm.AppArmorMode
swarm.CAConfig struct: NodeCertExpiry? time.Duration, ExternalCAs? []*swarm.ExternalCA, SigningCACert?
  string, SigningCAKey? string, ForceRotate? uint64
swarm.ClusterInfo struct: ID string, ^swarm.Meta, Spec swarm.Spec, TLSInfo swarm.TLSInfo,
  RootRotationInProgress bool, DefaultAddrPool []string, SubnetSize uint32, DataPathPort uint32
swarm.Config struct: ID string, ^swarm.Meta, Spec swarm.ConfigSpec
swarm.ConfigReference struct: File? *swarm.ConfigReferenceFileTarget, Runtime?
  *swarm.ConfigReferenceRuntimeTarget, ConfigID string, ConfigName string
swarm.ConfigReferenceFileTarget struct: Name string, UID string, GID string, Mode os.FileMode
swarm.ConfigReferenceRuntimeTarget struct:
swarm.ConfigSpec struct: ^swarm.Annotations, Data? []uint8, Templating? *swarm.Driver
swarm.ContainerSpec struct: Image? string, Labels? map[string]string, Command? []string, Args? []string,
  Hostname? string, Env? []string, Dir? string, User? string, Groups? []string, Privileges?
  *swarm.Privileges, Init? *bool, StopSignal? string, TTY? bool, OpenStdin? bool, ReadOnly? bool, Mounts?
  []mount.Mount, StopGracePeriod? *time.Duration, Healthcheck? *v1.HealthcheckConfig, Hosts? []string,
  DNSConfig? *swarm.DNSConfig, Secrets? []*swarm.SecretReference, Configs? []*swarm.ConfigReference,
  Isolation? container.Isolation, Sysctls? map[string]string, CapabilityAdd? []string, CapabilityDrop?
  []string, Ulimits? []*units.Ulimit, OomScoreAdj? int64
swarm.ContainerStatus struct: ContainerID string, PID int, ExitCode int
swarm.CredentialSpec struct: Config string, File string, Registry string
swarm.DNSConfig struct: Nameservers? []string, Search? []string, Options? []string
swarm.DiscreteGenericResource struct: Kind? string, Value? int64
swarm.DispatcherConfig struct: HeartbeatPeriod? time.Duration
swarm.Driver struct: Name? string, Options? map[string]string
swarm.EncryptionConfig struct: AutoLockManagers bool
swarm.Endpoint struct: Spec? swarm.EndpointSpec, Ports? []swarm.PortConfig, VirtualIPs?
  []swarm.EndpointVirtualIP
swarm.EndpointSpec struct: Mode? swarm.ResolutionMode, Ports? []swarm.PortConfig
swarm.EndpointVirtualIP struct: NetworkID? string, Addr? string
swarm.EngineDescription struct: EngineVersion? string, Labels? map[string]string, Plugins?
  []swarm.PluginDescription
swarm.ExternalCA struct: Protocol swarm.ExternalCAProtocol, URL string, Options? map[string]string, CACert
  string
swarm.ExternalCAProtocol string
swarm.GenericResource struct: NamedResourceSpec? *swarm.NamedGenericResource, DiscreteResourceSpec?
  *swarm.DiscreteGenericResource
swarm.GlobalJob struct:
swarm.GlobalService struct:
swarm.IPAMConfig struct: Subnet? string, Range? string, Gateway? string
swarm.IPAMOptions struct: Driver? swarm.Driver, Configs? []swarm.IPAMConfig
swarm.Info struct: NodeID string, NodeAddr string, LocalNodeState swarm.LocalNodeState, ControlAvailable
  bool, Error string, RemoteManagers []swarm.Peer, Nodes? int, Managers? int, Cluster? *swarm.ClusterInfo,
  Warnings? []string
swarm.JobStatus struct: JobIteration swarm.Version, LastExecution? time.Time
swarm.Limit struct: NanoCPUs? int64, MemoryBytes? int64, Pids? int64
swarm.LocalNodeState string
swarm.ManagerStatus struct: Leader? bool, Reachability? swarm.Reachability, Addr? string
swarm.Meta struct: Version? swarm.Version, CreatedAt? time.Time, UpdatedAt? time.Time
swarm.NamedGenericResource struct: Kind? string, Value? string
swarm.Network struct: ID string, ^swarm.Meta, Spec? swarm.NetworkSpec, DriverState? swarm.Driver,
  IPAMOptions? *swarm.IPAMOptions
swarm.NetworkAttachment struct: Network? swarm.Network, Addresses? []string
swarm.NetworkAttachmentConfig struct: Target? string, Aliases? []string, DriverOpts? map[string]string
swarm.NetworkAttachmentSpec struct: ContainerID string
swarm.NetworkSpec struct: ^swarm.Annotations, DriverConfiguration? *swarm.Driver, IPv6Enabled? bool,
  Internal? bool, Attachable? bool, Ingress? bool, IPAMOptions? *swarm.IPAMOptions, ConfigFrom?
  *network.ConfigReference, Scope? string
swarm.Node struct: ID string, ^swarm.Meta, Spec? swarm.NodeSpec, Description? swarm.NodeDescription,
  Status? swarm.NodeStatus, ManagerStatus? *swarm.ManagerStatus
swarm.NodeAvailability string
swarm.NodeCSIInfo struct: PluginName? string, NodeID? string, MaxVolumesPerNode? int64,
  AccessibleTopology? *swarm.Topology
swarm.NodeDescription struct: Hostname? string, Platform? swarm.Platform, Resources? swarm.Resources,
  Engine? swarm.EngineDescription, TLSInfo? swarm.TLSInfo, CSIInfo? []swarm.NodeCSIInfo
swarm.NodeRole string
swarm.NodeSpec struct: ^swarm.Annotations, Role? swarm.NodeRole, Availability? swarm.NodeAvailability
swarm.NodeState string
swarm.NodeStatus struct: State? swarm.NodeState, Message? string, Addr? string
swarm.OrchestrationConfig struct: TaskHistoryRetentionLimit? *int64
swarm.Peer struct: NodeID string, Addr string
swarm.Placement struct: Constraints? []string, Preferences? []swarm.PlacementPreference, MaxReplicas?
  uint64, Platforms? []swarm.Platform
swarm.PlacementPreference struct: Spread *swarm.SpreadOver
swarm.Platform struct: Architecture? string, OS? string
swarm.PluginDescription struct: Type? string, Name? string
swarm.PortConfig struct: Name? string, Protocol? swarm.PortConfigProtocol, TargetPort? uint32,
  PublishedPort? uint32, PublishMode? swarm.PortConfigPublishMode
swarm.PortConfigProtocol string
swarm.PortConfigPublishMode string
swarm.PortStatus struct: Ports? []swarm.PortConfig
swarm.Privileges struct: CredentialSpec *swarm.CredentialSpec, SELinuxContext *swarm.SELinuxContext,
  Seccomp? *swarm.SeccompOpts, AppArmor? *swarm.AppArmorOpts, NoNewPrivileges bool
swarm.RaftConfig struct: SnapshotInterval? uint64, KeepOldSnapshots? *uint64, LogEntriesForSlowFollowers?
  uint64, ElectionTick int, HeartbeatTick int
swarm.Reachability string
swarm.ReplicatedJob struct: MaxConcurrent? *uint64, TotalCompletions? *uint64
swarm.ReplicatedService struct: Replicas? *uint64
swarm.ResolutionMode string
swarm.ResourceRequirements struct: Limits? *swarm.Limit, Reservations? *swarm.Resources
swarm.Resources struct: NanoCPUs? int64, MemoryBytes? int64, GenericResources? []swarm.GenericResource
swarm.RestartPolicy struct: Condition? swarm.RestartPolicyCondition, Delay? *time.Duration, MaxAttempts?
  *uint64, Window? *time.Duration
swarm.RestartPolicyCondition string
swarm.RuntimeType string
swarm.SELinuxContext struct: Disable bool, User string, Role string, Type string, Level string
swarm.SeccompMode string
swarm.SeccompOpts struct: Mode? swarm.SeccompMode, Profile? []uint8
swarm.Secret struct: ID string, ^swarm.Meta, Spec swarm.SecretSpec
swarm.SecretReference struct: File *swarm.SecretReferenceFileTarget, SecretID string, SecretName string
swarm.SecretReferenceFileTarget struct: Name string, UID string, GID string, Mode os.FileMode
swarm.SecretSpec struct: ^swarm.Annotations, Data? []uint8, Driver? *swarm.Driver, Templating?
  *swarm.Driver
swarm.Service struct: ID string, ^swarm.Meta, Spec? swarm.ServiceSpec, PreviousSpec? *swarm.ServiceSpec,
  Endpoint? swarm.Endpoint, UpdateStatus? *swarm.UpdateStatus, ServiceStatus? *swarm.ServiceStatus,
  JobStatus? *swarm.JobStatus
swarm.ServiceMode struct: Replicated? *swarm.ReplicatedService, Global? *swarm.GlobalService,
  ReplicatedJob? *swarm.ReplicatedJob, GlobalJob? *swarm.GlobalJob
swarm.ServiceSpec struct: ^swarm.Annotations, TaskTemplate? swarm.TaskSpec, Mode? swarm.ServiceMode,
  UpdateConfig? *swarm.UpdateConfig, RollbackConfig? *swarm.UpdateConfig, Networks?
  []swarm.NetworkAttachmentConfig, EndpointSpec? *swarm.EndpointSpec
swarm.ServiceStatus struct: RunningTasks uint64, DesiredTasks uint64, CompletedTasks uint64
swarm.Spec struct: ^swarm.Annotations, Orchestration? swarm.OrchestrationConfig, Raft? swarm.RaftConfig,
  Dispatcher? swarm.DispatcherConfig, CAConfig? swarm.CAConfig, TaskDefaults? swarm.TaskDefaults,
  EncryptionConfig? swarm.EncryptionConfig
swarm.SpreadOver struct: SpreadDescriptor string
swarm.TLSInfo struct: TrustRoot? string, CertIssuerSubject? []uint8, CertIssuerPublicKey? []uint8
swarm.Task struct: ID string, ^swarm.Meta, ^swarm.Annotations, Spec? swarm.TaskSpec, ServiceID? string,
  Slot? int, NodeID? string, Status? swarm.TaskStatus, DesiredState? swarm.TaskState, NetworksAttachments?
  []swarm.NetworkAttachment, GenericResources? []swarm.GenericResource, JobIteration? *swarm.Version,
  Volumes []swarm.VolumeAttachment
swarm.TaskDefaults struct: LogDriver? *swarm.Driver
swarm.TaskSpec struct: ContainerSpec? *swarm.ContainerSpec, PluginSpec? *runtime.PluginSpec,
  NetworkAttachmentSpec? *swarm.NetworkAttachmentSpec, Resources? *swarm.ResourceRequirements,
  RestartPolicy? *swarm.RestartPolicy, Placement? *swarm.Placement, Networks?
  []swarm.NetworkAttachmentConfig, LogDriver? *swarm.Driver, ForceUpdate uint64, Runtime?
  swarm.RuntimeType
swarm.TaskState string
swarm.TaskStatus struct: Timestamp? time.Time, State? swarm.TaskState, Message? string, Err? string,
  ContainerStatus? *swarm.ContainerStatus, PortStatus? swarm.PortStatus
swarm.Topology struct: Segments? map[string]string
swarm.UpdateConfig struct: Parallelism uint64, Delay? time.Duration, FailureAction? string, Monitor?
  time.Duration, MaxFailureRatio float32, Order string
swarm.UpdateState string
swarm.UpdateStatus struct: State? swarm.UpdateState, StartedAt? *time.Time, CompletedAt? *time.Time,
  Message? string
swarm.Version struct: Index? uint64
swarm.VolumeAttachment struct: ID? string, Source? string, Target? string
system.Commit struct: ID string, Expected? string
system.ContainerdInfo struct: Address? string, Namespaces system.ContainerdNamespaces
system.ContainerdNamespaces struct: Containers string, Plugins string
system.DeviceInfo struct: Source string, ID string
system.FirewallInfo struct: Driver string, Info? [][2]string
system.Info struct: ID string, Containers int, ContainersRunning int, ContainersPaused int,
  ContainersStopped int, Images int, Driver string, DriverStatus [][2]string, SystemStatus? [][2]string,
  Plugins system.PluginsInfo, MemoryLimit bool, SwapLimit bool, KernelMemory? bool, KernelMemoryTCP? bool,
  CPUCfsPeriod=CpuCfsPeriod bool, CPUCfsQuota=CpuCfsQuota bool, CPUShares bool, CPUSet bool, PidsLimit
  bool, IPv4Forwarding bool, Debug bool, NFd int, OomKillDisable bool, NGoroutines int, SystemTime string,
  LoggingDriver string, CgroupDriver string, CgroupVersion? string, NEventsListener int, KernelVersion
  string, OperatingSystem string, OSVersion string, OSType string, Architecture string, IndexServerAddress
  string, RegistryConfig *registry.ServiceConfig, NCPU int, MemTotal int64, GenericResources
  []swarm.GenericResource, DockerRootDir string, HTTPProxy=HttpProxy string, HTTPSProxy=HttpsProxy string,
  NoProxy string, Name string, Labels []string, ExperimentalBuild bool, ServerVersion string, Runtimes
  map[string]system.RuntimeWithStatus, DefaultRuntime string, Swarm swarm.Info, LiveRestoreEnabled bool,
  Isolation container.Isolation, InitBinary string, ContainerdCommit system.Commit, RuncCommit
  system.Commit, InitCommit system.Commit, SecurityOptions []string, ProductLicense? string,
  DefaultAddressPools? []system.NetworkAddressPool, FirewallBackend? *system.FirewallInfo, CDISpecDirs
  []string, DiscoveredDevices? []system.DeviceInfo, Containerd? *system.ContainerdInfo, Warnings []string
system.NetworkAddressPool struct: Base string, Size int
system.PluginsInfo struct: Volume []string, Network []string, Authorization []string, Log []string
system.Runtime struct: Path=path? string, Args=runtimeArgs? []string, Type=runtimeType? string,
  Options=options? map[string]any
system.RuntimeWithStatus struct: ^system.Runtime, Status=status? map[string]string
system.clientInfo struct: Debug bool, ^system.clientVersion, Plugins any, Warnings []string
system.clientVersion struct: Platform? *types.PlatformName, Version? string, APIVersion=ApiVersion?
  string, DefaultAPIVersion? string, GitCommit? string, GoVersion? string, NodeVersion? string, Os?
  string, Arch? string, BuildTime? string, Context string
system.dockerInfo struct: ^*system.Info, ServerErrors? []string, ClientInfo? *system.clientInfo,
  ClientErrors? []string
system.versionInfo struct: Client system.clientVersion, Server *types.Version
types.ComponentVersion struct: Name string, Version string, Details? map[string]string
types.PlatformName struct: Name string
types.Plugin struct: Config types.PluginConfig, Enabled bool, ID=Id? string, Name string, PluginReference?
  string, Settings types.PluginSettings
types.PluginConfig struct: Args types.PluginConfigArgs, Description string, DockerVersion? string,
  Documentation string, Entrypoint []string, Env []types.PluginEnv, Interface types.PluginConfigInterface,
  IpcHost bool, Linux types.PluginConfigLinux, Mounts []types.PluginMount, Network
  types.PluginConfigNetwork, PidHost bool, PropagatedMount string, User? types.PluginConfigUser, WorkDir
  string, Rootfs=rootfs? *types.PluginConfigRootfs
types.PluginConfigArgs struct: Description string, Name string, Settable []string, Value []string
types.PluginConfigInterface struct: ProtocolScheme? string, Socket string, Types []string
types.PluginConfigLinux struct: AllowAllDevices bool, Capabilities []string, Devices []types.PluginDevice
types.PluginConfigNetwork struct: Type string
types.PluginConfigRootfs struct: DiffIds=diff_ids []string, Type=type? string
types.PluginConfigUser struct: GID? uint32, UID? uint32
types.PluginDevice struct: Description string, Name string, Path *string, Settable []string
types.PluginEnv struct: Description string, Name string, Settable []string, Value *string
types.PluginMount struct: Description string, Destination string, Name string, Options []string, Settable
  []string, Source *string, Type string
types.PluginSettings struct: Args []string, Devices []types.PluginDevice, Env []string, Mounts
  []types.PluginMount
types.Version struct: Platform? types.PlatformName, Components? []types.ComponentVersion, Version string,
  APIVersion=ApiVersion string, MinAPIVersion? string, GitCommit string, GoVersion string, Os string, Arch
  string, KernelVersion? string, Experimental? bool, BuildTime? string
units.Ulimit struct: Name string, Hard int64, Soft int64
v1.Descriptor struct: MediaType=mediaType string, Digest=digest digest.Digest, Size=size int64, URLs=urls?
  []string, Annotations=annotations? map[string]string, Data=data? []uint8, Platform=platform?
  *v1.Platform, ArtifactType=artifactType? string
v1.DockerOCIImageConfig struct: ^v1.ImageConfig, ^v1.DockerOCIImageConfigExt
v1.DockerOCIImageConfigExt struct: Healthcheck? *v1.HealthcheckConfig, OnBuild? []string, Shell? []string
v1.HealthcheckConfig struct: Test? []string, Interval? time.Duration, Timeout? time.Duration, StartPeriod?
  time.Duration, StartInterval? time.Duration, Retries? int
v1.ImageConfig struct: User? string, ExposedPorts? map[string]struct{}, Env? []string, Entrypoint?
  []string, Cmd? []string, Volumes? map[string]struct{}, WorkingDir? string, Labels? map[string]string,
  StopSignal? string, ArgsEscaped? bool
v1.Platform struct: Architecture=architecture string, OS=os string, OSVersion=os.version? string,
  OSFeatures=os.features? []string, Variant=variant? string
volume.AccessMode struct: Scope? volume.Scope, Sharing? volume.SharingMode, MountVolume?
  *volume.TypeMount, BlockVolume? *volume.TypeBlock
volume.Availability string
volume.CapacityRange struct: RequiredBytes int64, LimitBytes int64
volume.ClusterVolume struct: ID string, ^swarm.Meta, Spec volume.ClusterVolumeSpec, PublishStatus?
  []*volume.PublishStatus, Info? *volume.Info
volume.ClusterVolumeSpec struct: Group? string, AccessMode? *volume.AccessMode, AccessibilityRequirements?
  *volume.TopologyRequirement, CapacityRange? *volume.CapacityRange, Secrets? []volume.Secret,
  Availability? volume.Availability
volume.Info struct: CapacityBytes? int64, VolumeContext? map[string]string, VolumeID? string,
  AccessibleTopology? []volume.Topology
volume.PublishState string
volume.PublishStatus struct: NodeID? string, State? volume.PublishState, PublishContext? map[string]string
volume.Scope string
volume.Secret struct: Key string, Secret string
volume.SharingMode string
volume.Topology struct: Segments? map[string]string
volume.TopologyRequirement struct: Requisite? []volume.Topology, Preferred? []volume.Topology
volume.TypeBlock struct:
volume.TypeMount struct: FsType? string, MountFlags? []string
volume.UsageData struct: RefCount int64, Size int64
volume.Volume struct: ClusterVolume? *volume.ClusterVolume, CreatedAt? string, Driver string, Labels
  map[string]string, Mountpoint string, Name string, Options map[string]string, Scope string, Status?
  map[string]any, UsageData? *volume.UsageData
`

const BUILT_IN: Readonly<Record<string, Type>> = {
  any: ANY,
  bool: BOOL,
  float32: { kind: 'float', name: 'float32' },
  float64: FLOAT,
  int: INT,
  int64: { kind: 'int', name: 'int64' },
  string: STRING,
  'os.FileMode': { kind: 'uint', name: 'os.FileMode', words: modeWords },
  'struct{}': { kind: 'struct', name: 'struct {}', fields: [] },
  'time.Duration': {
    kind: 'int',
    name: 'time.Duration',
    methods: DURATION_METHODS,
    words: (data) =>
      goDuration(BigInt(typeof data === 'number' ? Math.trunc(data) : ((data as bigint) ?? 0))),
  },
  'time.Time': TIME,
  ...Object.fromEntries(
    ['uint', 'uint8', 'uint16', 'uint32', 'uint64'].map((name) => [name, { kind: 'uint', name } as const]),
  ),
}

/** As Go prints the mode of a file: '-rwx------'. */
function modeWords(data: unknown): string {
  const mode = Number(data ?? 0)
  const kinds = [...'dalTLDpSugct?'].filter((_, at) => mode & (1 << (31 - at)))
  return (kinds.join('') || '-') + 'rwxrwxrwx'.replace(/./g, (each, at) => (mode & (256 >> at) ? each : '-'))
}

/** What prints itself in words of its own. */
const WORDS: Readonly<Record<string, (data: ReadonlyMap<string, unknown>) => string>> = {
  'blkiodev.ThrottleDevice': (data) => `${data.get('Path') ?? ''}:${data.get('Rate') ?? 0}`,
  'blkiodev.WeightDevice': (data) => `${data.get('Path') ?? ''}:${data.get('Weight') ?? 0}`,
  'swarm.Version': (data) => String(data.get('Index') ?? 0),
  'units.Ulimit': (data) => `${data.get('Name') ?? ''}=${data.get('Soft') ?? 0}:${data.get('Hard') ?? 0}`,
}

let lines: ReadonlyMap<string, string> | undefined
const known = new Map<string, Type>(Object.entries(BUILT_IN))

/** A type by its name, such as 'container.InspectResponse'. */
export function goType(name: string): Type {
  const type = known.get(name) ?? made(name)
  known.set(name, type)
  return type
}

function made(name: string): Type {
  if (name.startsWith('*')) return referring('pointer', name, name.slice(1))
  const list = /^\[(\d*)\](.+)$/.exec(name)
  if (list?.[1]) return { ...referring('array', name, list[2] ?? ''), length: Number(list[1]) }
  if (list) return sliceOf(goType(list[2] ?? ''))
  const map = /^map\[([^\]]+)\](.+)$/.exec(name)
  if (map) return mapOf(goType(map[1] ?? ''), goType(map[2] ?? ''))
  return named(name)
}

/** What it leads to is read when it is asked for: there are circles. */
function referring(kind: 'pointer' | 'array', name: string, element: string): Type {
  return {
    kind,
    name,
    get element() {
      return goType(element)
    },
  }
}

function named(name: string): Type {
  lines ??= linesOf(TABLE)
  const line = lines.get(name)
  if (line === undefined) throw new Error(`there is no type ${name}`)
  const methods = TYPE_METHODS[name]
  if (!line.startsWith('struct:')) return { ...goType(line), name, ...(methods && { methods }) }
  let fields: readonly Field[] | undefined
  const words = WORDS[name]
  return {
    kind: 'struct',
    name,
    ...(methods && { methods }),
    ...(words && { words: (data: unknown) => (data instanceof Map ? words(data) : '') }),
    get fields() {
      fields ??= fieldsOf(line)
      return fields
    },
  }
}

function linesOf(table: string): ReadonlyMap<string, string> {
  const whole = table.trim().replace(/\n +/g, ' ').split('\n')
  return new Map(whole.map((line) => [line.replace(/ .*/, ''), line.replace(/^\S+ /, '')]))
}

function fieldsOf(line: string): Field[] {
  const fields = line.replace(/^struct: ?/, '').split(', ')
  return fields.filter((field) => field !== '').map(fieldOf)
}

function fieldOf(text: string): Field {
  if (text.startsWith('^')) {
    const type = text.slice(1)
    return { name: type.replace(/^.*\./, ''), key: '', type: goType(type), omitted: false, embedded: true }
  }
  const [, name = '', key = name, omitted, type = ''] = /^(\w+)(?:=([^ ?]+))?(\?)? (.+)$/.exec(text) ?? []
  return {
    name,
    key,
    omitted: omitted !== undefined,
    embedded: false,
    get type() {
      return goType(type)
    },
  }
}
