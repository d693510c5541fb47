import type { Entity } from '../../../../core/entity/entity.ts';
import type { ScopePath } from '../../../../core/scope.ts';

/**
 * The entities of a partition in the same scopes, with the attribute types that they use.
 *
 * The types are counted by shape, not by entity, so that an update that leaves names and types alone costs nothing here.
 */
export class ScopeGroup {
  /** Entities. */
  size = 0;
  readonly root: Shape;
  /** By attribute name and attribute type: the shapes that have them. */
  readonly attributeTypes = new Map<string, Map<string, number>>();

  constructor(
    /** Tells the groups of a partition apart. */
    readonly number: number,
    readonly scopes: readonly ScopePath[],
  ) {
    this.root = new Shape(this, undefined, '', '');
  }

  noteType(name: string, type: string, by: 1 | -1): void {
    const types = this.attributeTypes.get(name) ?? new Map<string, number>();
    const shapes = (types.get(type) ?? 0) + by;
    if (shapes > 0) types.set(type, shapes);
    else types.delete(type);
    if (types.size > 0) this.attributeTypes.set(name, types);
    else this.attributeTypes.delete(name);
  }
}

/**
 * The names and types of an entity's attributes, in their order; the same object for all entities of a group that have the
 * same. A node of a tree: its parent is the shape without the last attribute.
 */
export class Shape {
  /** Entities and longer shapes that begin with this one; without any it leaves the tree. */
  private uses = 0;
  private readonly children = new Map<string, Shape[]>();

  constructor(
    readonly group: ScopeGroup,
    readonly parent: Shape | undefined,
    readonly name: string,
    readonly type: string,
  ) {}

  /** The shape with one attribute more. */
  with(name: string, type: string): Shape {
    let sameName = this.children.get(name);
    if (sameName === undefined) {
      sameName = [];
      this.children.set(name, sameName);
    }
    for (const child of sameName) if (child.type === type) return child;
    const child = new Shape(this.group, this, name, type);
    sameName.push(child);
    this.uses++;
    this.group.noteType(name, type, 1);
    return child;
  }

  hold(): void {
    this.uses++;
  }

  release(): void {
    this.uses--;
    if (this.uses > 0 || this.parent === undefined) return;
    const { parent, name } = this;
    const sameName = (parent.children.get(name) ?? []).filter((child) => child !== this);
    if (sameName.length > 0) parent.children.set(name, sameName);
    else parent.children.delete(name);
    this.group.noteType(name, this.type, -1);
    parent.release();
  }

  /** The names of the attributes, last first. */
  *names(): Iterable<string> {
    for (let shape: Shape = this; shape.parent !== undefined; shape = shape.parent) yield shape.name;
  }
}

/** The shape of an entity's attributes; to be held before the next one is asked for. */
export function shapeOf(entity: Entity, group: ScopeGroup): Shape {
  let shape = group.root;
  for (const [name, [attribute]] of entity.attributes) {
    shape = shape.with(name, attribute.declaredType ?? attribute.kind);
  }
  return shape;
}
