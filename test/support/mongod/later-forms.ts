import { type Forms, ownForms } from '../../../src/adapters/stores/mongodb/cluster/forms.ts';
import type { EntityForm } from '../../../src/adapters/stores/mongodb/form/entity-form.ts';

/** An entity as the release after this one might have it: it says how many attributes it has. */
export interface CountedForm extends EntityForm {
  readonly attributeCount?: number;
}

const later = ownForms.newest + 1;

/** What such a release works with; `onLook` hears of each entity that its migration looks at. */
export function laterForms(onLook: (document: EntityForm) => void = () => undefined): Forms {
  return {
    oldest: ownForms.oldest,
    newest: later,
    migrations: [
      ...ownForms.migrations,
      {
        to: later,
        indexes: [{ key: { attributeCount: 1 }, name: 'attributeCount' }],
        change(document: CountedForm) {
          onLook(document);
          const attributeCount = document.attributes.length;
          return attributeCount === document.attributeCount ? undefined : { attributeCount };
        },
      },
    ],
  };
}
