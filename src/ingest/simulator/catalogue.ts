import { at, type Random } from './random';

export interface CatalogueProduct {
  id: string;
  name: string;
  category: string;
  /** price in euro cents; prices in other currencies follow from it */
  priceCents: number;
}

export interface CatalogueCategory {
  name: string;
  products: CatalogueProduct[];
  /** how much it sells in each month, January first; 1 is ordinary */
  seasons: readonly number[];
}

/**
 * Per category: price of a typical product in euros, months in which it sells more (and how much more),
 * things it is made of.
 */
const BLUEPRINTS: readonly {
  name: string;
  typicalPrice: number;
  peak: readonly number[];
  factor: number;
  things: string;
}[] = [
  {
    name: 'Electronics',
    typicalPrice: 129,
    peak: [11, 12],
    factor: 2.4,
    things: 'Headphones,Speaker,Keyboard,Monitor,Camera,Tablet',
  },
  {
    name: 'Books',
    typicalPrice: 16,
    peak: [7, 8, 12],
    factor: 1.6,
    things: 'Novel,Atlas,Cookbook,Biography,Guide,Anthology',
  },
  {
    name: 'Clothing',
    typicalPrice: 42,
    peak: [3, 4, 9, 10],
    factor: 1.5,
    things: 'Shirt,Jacket,Scarf,Trousers,Jumper,Dress',
  },
  {
    name: 'Home and Kitchen',
    typicalPrice: 34,
    peak: [1, 9],
    factor: 1.3,
    things: 'Pan,Kettle,Lamp,Blanket,Clock,Knife',
  },
  {
    name: 'Toys and Games',
    typicalPrice: 24,
    peak: [11, 12],
    factor: 3,
    things: 'Puzzle,Board Game,Train,Doll,Kite,Blocks',
  },
  {
    name: 'Sports and Outdoors',
    typicalPrice: 58,
    peak: [4, 5, 6],
    factor: 1.9,
    things: 'Tent,Racket,Bottle,Backpack,Helmet,Mat',
  },
  {
    name: 'Beauty',
    typicalPrice: 19,
    peak: [2, 5, 12],
    factor: 1.4,
    things: 'Cream,Soap,Perfume,Brush,Mask,Balm',
  },
  {
    name: 'Groceries',
    typicalPrice: 7,
    peak: [12],
    factor: 1.2,
    things: 'Coffee,Tea,Chocolate,Honey,Olive Oil,Spice Set',
  },
  {
    name: 'Garden',
    typicalPrice: 29,
    peak: [3, 4, 5, 6],
    factor: 2.6,
    things: 'Planter,Trowel,Bird Feeder,Hose,Lantern,Seeds',
  },
  {
    name: 'Stationery',
    typicalPrice: 9,
    peak: [1, 8, 9],
    factor: 2,
    things: 'Notebook,Pen,Calendar,Ink,Folder,Ruler',
  },
  {
    name: 'Pet Supplies',
    typicalPrice: 21,
    peak: [],
    factor: 1,
    things: 'Bowl,Leash,Bed,Toy,Carrier,Treats',
  },
  {
    name: 'Jewellery',
    typicalPrice: 89,
    peak: [2, 12],
    factor: 2.2,
    things: 'Ring,Necklace,Earrings,Bracelet,Brooch,Watch',
  },
];
const MATERIALS = ['Oak', 'Linen', 'Copper', 'Cotton', 'Slate'] as const;
const PRICE_SPREAD = 0.55;

/** The shop's categories, and 30 products in each with prices around the category's own level. */
export function createCatalogue(random: Random): CatalogueCategory[] {
  return BLUEPRINTS.map((blueprint, c) => ({
    name: blueprint.name,
    seasons: Array.from({ length: 12 }, (_, month) =>
      blueprint.peak.includes(month + 1) ? blueprint.factor : 1,
    ),
    products: blueprint.things.split(',').flatMap((thing, t) =>
      MATERIALS.map((material, m) => ({
        id: `P${String(c + 1).padStart(2, '0')}${String(t * MATERIALS.length + m + 1).padStart(2, '0')}`,
        name: `${material} ${thing}`,
        category: blueprint.name,
        priceCents: charmPrice(blueprint.typicalPrice * Math.exp(PRICE_SPREAD * random.normal())),
      })),
    ),
  }));
}

/** A price as shops set it: 12.49 or 12.99, at least 0.99. */
function charmPrice(euros: number): number {
  return Math.max(99, Math.round(euros * 2) * 50 - 1);
}

/** A product of a category: the first ones sell most (a share like 1/rank). */
export function pickProduct(random: Random, category: CatalogueCategory): CatalogueProduct {
  const count = category.products.length;
  const rank = Math.floor((count + 1) ** random.next()) - 1;
  return at(category.products, Math.min(rank, count - 1));
}
