// The claims of NATS tokens (version 2), as far as Penstock writes them, in the words of the specification.
// Two traps stand behind the helpers: an empty list of allowed subjects means "everything", and a number
// that is left away in a user's limits means "none at all".

/** A limit that does not limit. */
export const UNLIMITED = -1;

/** Subjects that may, or may not, be used. */
export interface Permission {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** Nothing at all. Never written as an empty `allow`, which would mean everything. */
export const NOTHING: Permission = { deny: [">"] };

/** The right to exactly these subjects. */
export function only(subjects: readonly string[], except: readonly string[] = []): Permission {
  if (subjects.length === 0) return NOTHING;
  return { allow: subjects, ...(except.length > 0 && { deny: except }) };
}

/** What a user may do. In a scoped signing key: what every user may do that it signs. */
export interface UserRights {
  readonly pub: Permission;
  readonly sub: Permission;
  readonly subs: number;
  readonly data: number;
  readonly payload: number;
  readonly allowed_connection_types: readonly string[];
  readonly bearer_token: boolean;
}

/** A signing key all of whose users have the same rights. */
export interface ScopedKey {
  readonly kind: "user_scope";
  readonly key: string;
  readonly role: string;
  readonly template: UserRights;
}

/** What an account offers to others. */
export interface Export {
  readonly name: string;
  readonly subject: string;
  readonly type: "service" | "stream";
  readonly response_type?: "Singleton" | "Stream";
  /** Nanoseconds after which an answer is no longer waited for. */
  readonly response_threshold?: number;
}

/** What an account takes from another. */
export interface Import {
  readonly name: string;
  readonly account: string;
  readonly subject: string;
  readonly type: "service" | "stream";
  /** Its name on this side; absent: the same. */
  readonly local_subject?: string;
}

/** Limits of an account. JetStream's are absent for an account without it. */
export interface AccountLimits {
  readonly conn: number;
  readonly leaf: number;
  readonly subs: number;
  readonly payload: number;
  readonly data: number;
  readonly imports: number;
  readonly exports: number;
  readonly wildcards: boolean;
  readonly disallow_bearer: boolean;
  readonly mem_storage?: number;
  readonly disk_storage?: number;
  readonly streams?: number;
  readonly consumer?: number;
}

/** An account. */
export interface AccountClaims {
  readonly type: "account";
  readonly version: 2;
  readonly limits: AccountLimits;
  readonly exports: readonly Export[];
  readonly imports: readonly Import[];
  readonly signing_keys: readonly ScopedKey[];
  /** User key to epoch seconds: tokens issued until then are void. */
  readonly revocations: Readonly<Record<string, number>>;
  readonly default_permissions: { readonly pub: Permission; readonly sub: Permission };
}

/** The root of all trust. */
export interface OperatorClaims {
  readonly type: "operator";
  readonly version: 2;
  readonly signing_keys: readonly string[];
  readonly system_account: string;
}

/** A user whose rights stand in the scoped key that signed it. */
export interface UserClaims {
  readonly type: "user";
  readonly version: 2;
  readonly issuer_account: string;
}

/** Anything else that the operator signs: here, a request to forget accounts. */
export interface GenericClaims {
  readonly type: "generic";
  readonly version: 2;
  readonly accounts: readonly string[];
}

/** What a token says besides who, by whom and until when. */
export type NatsClaims = OperatorClaims | AccountClaims | UserClaims | GenericClaims;
