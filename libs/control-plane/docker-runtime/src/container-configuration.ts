// The configuration of a container as the engine's API takes it, as far as it is used here.

/** Something that is mounted. */
export interface Mount {
  readonly Type: "bind" | "volume";
  /** Absent: a volume without a name, which ends with its container. */
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
}

/** What surrounds the container. */
export interface HostConfiguration {
  readonly NetworkMode: string;
  readonly Dns?: readonly string[];
  readonly CapDrop: readonly string[];
  readonly CapAdd: readonly string[];
  readonly SecurityOpt: readonly string[];
  readonly ReadonlyRootfs: boolean;
  readonly Tmpfs: Readonly<Record<string, string>>;
  readonly PidsLimit: number;
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly NanoCpus?: number;
  readonly Init: true;
  readonly Mounts: readonly Mount[];
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
}

/** The body of a create call. */
export interface ContainerConfiguration {
  readonly Image: string;
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly User?: string;
  readonly AttachStdin?: boolean;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly AttachStdout: true;
  readonly AttachStderr: true;
  readonly Healthcheck: { readonly Test: readonly ["NONE"] };
  readonly StopTimeout: number;
  readonly HostConfig: HostConfiguration;
}
