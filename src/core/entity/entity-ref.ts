/** How a client names an entity; without a type, any entity of that id may be meant. */
export interface EntityRef {
  readonly id: string;
  readonly type?: string;
}
