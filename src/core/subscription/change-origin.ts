import type { TenantName } from '../scope.ts';

/** The request that changed an entity, as far as subscriptions and the receivers of notifications care. JSON-able. */
export interface ChangeOrigin {
  readonly tenant: TenantName;
  /** Identifies the request in logs and in what follows from it; `correlatorRoot` gives the request that began the chain. */
  readonly correlator: string;
  /** `X-Auth-Token` of the request, which receivers get. */
  readonly authToken?: string;
  /** `Authorization` of the request, which receivers get. */
  readonly authorization?: string;
  /** The brokers that the request has passed, by the names that they give themselves, to be passed on; absent: none. */
  readonly via?: readonly string[];
  /** The request tells this broker of what it has told others. */
  readonly hasReturned?: true;
  /** The request is what a receiver of a custom notification made of it (`Ngsiv2-AttrsFormat: custom`). */
  readonly fromCustomNotification?: true;
}
