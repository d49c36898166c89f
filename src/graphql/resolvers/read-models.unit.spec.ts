import { typesOn, waysThrough } from '../../../test/support/ways';
import { projections } from '../../projections/read-models/catalogue';
import { buildSchema } from '../schema';
import { listedTypes, projectionsRead, readModelsOf } from './read-models';

it('says of every object type below a query what it is read from: a new type needs a line there', () => {
  const reached = typesOn(waysThrough(buildSchema()));
  // AsOf belongs to every read model, so no path leads to it.
  expect([...listedTypes].sort()).toEqual([...reached, 'AsOf'].sort());
});

it('knows a type of every projection, and no other projection: else no query waits for it', () => {
  expect([...projectionsRead].sort()).toEqual(projections.map(({ name }) => name).sort());
});

it('refuses a type that it does not know, rather than forget its wait', () => {
  expect(() => readModelsOf('Parcel')).toThrow('type Parcel');
});
