// SPDX-License-Identifier: Apache-2.0
// The drugs of the drawn histories as records name them: RxNorm ingredient (blank where no public code was found), brands, forms,
// days between doses or refills, and the first day a history may hold one (approvals, or the trial that led to them).
const table = `
letrozole                    | 72965   | Femara                | 2.5 mg tablet         | 28 | 2001-01-01
anastrozole                  | 84857   | Arimidex              | 1 mg tablet           | 28 | 2001-01-01
exemestane                   | 258494  | Aromasin              | 25 mg tablet          | 28 | 2001-01-01
tamoxifen                    | 10324   | Nolvadex,Soltamox     | 20 mg tablet          | 28 | 1990-01-01
fulvestrant                  | 282357  | Faslodex              | 250 mg/5 mL syringe   | 28 | 2003-01-01
elacestrant                  | 2628469 | Orserdu               | 345 mg tablet         | 28 | 2023-02-15
imlunestrant                 |         | Inluriyo              | 200 mg tablet         | 28 | 2025-10-15
camizestrant                 |         | Etcamah               | 75 mg tablet          | 28 | 2021-07-01
palbociclib                  | 1601374 | Ibrance               | 125 mg capsule        | 28 | 2015-02-15
ribociclib                   | 1873916 | Kisqali               | 200 mg tablet         | 28 | 2017-04-01
abemaciclib                  | 1946825 | Verzenio,Verzenios    | 150 mg tablet         | 28 | 2017-10-15
alpelisib                    | 2169285 | Piqray                | 150 mg tablet         | 28 | 2019-06-15
inavolisib                   |         | Itovebi               | 9 mg tablet           | 28 | 2024-10-20
capivasertib                 | 2669967 | Truqap                | 200 mg tablet         | 28 | 2023-12-01
everolimus                   | 141704  | Afinitor              | 10 mg tablet          | 28 | 2012-09-01
olaparib                     | 1597582 | Lynparza              | 150 mg tablet         | 28 | 2018-02-01
talazoparib                  | 2099704 | Talzenna              | 1 mg capsule          | 28 | 2018-11-01
trastuzumab                  | 224905  | Herceptin             | 440 mg vial           | 21 | 1999-01-01
pertuzumab                   | 1298944 | Perjeta               | 420 mg/14 mL vial     | 21 | 2012-07-01
margetuximab                 |         | Margenza              | 250 mg/10 mL vial     | 21 | 2021-03-01
trastuzumab emtansine        | 1371041 | Kadcyla               | 160 mg vial           | 21 | 2013-03-15
trastuzumab deruxtecan       | 2267582 | Enhertu               | 100 mg vial           | 21 | 2020-01-15
sacituzumab govitecan        | 2360232 | Trodelvy              | 180 mg vial           | 21 | 2020-05-15
datopotamab deruxtecan       |         | Datroway              | 100 mg vial           | 21 | 2025-02-15
lapatinib                    | 480167  | Tykerb                | 250 mg tablet         | 28 | 2007-05-01
tucatinib                    | 2361285 | Tukysa                | 150 mg tablet         | 28 | 2020-05-15
neratinib                    | 1940643 | Nerlynx               | 40 mg tablet          | 28 | 2020-03-15
pembrolizumab                | 1547545 | Keytruda              | 100 mg/4 mL vial      | 21 | 2020-11-20
paclitaxel                   | 56946   | Taxol                 | 6 mg/mL vial          | 7  | 1995-01-01
nab-paclitaxel               | 486610  | Abraxane              | 100 mg vial           | 7  | 2005-02-01
docetaxel                    | 72962   | Taxotere              | 20 mg/mL vial         | 21 | 1998-01-01
doxorubicin                  | 3639    | Adriamycin            | 2 mg/mL vial          | 21 | 1980-01-01
epirubicin                   | 3995    | Ellence               | 2 mg/mL vial          | 21 | 1999-10-01
pegylated liposomal doxorubicin | 214525 | Doxil,Caelyx         | 2 mg/mL vial          | 28 | 2003-01-01
carboplatin                  | 40048   | Paraplatin            | 10 mg/mL vial         | 21 | 1990-01-01
cisplatin                    | 2555    | Platinol              | 1 mg/mL vial          | 21 | 1985-01-01
capecitabine                 | 194000  | Xeloda                | 500 mg tablet         | 21 | 1998-06-01
gemcitabine                  | 12574   | Gemzar                | 1000 mg vial          | 21 | 1998-01-01
vinorelbine                  | 39541   | Navelbine             | 10 mg/mL vial         | 21 | 1996-01-01
eribulin                     | 1045453 | Halaven               | 0.5 mg/mL vial        | 21 | 2010-12-01
cyclophosphamide             | 3002    | Cytoxan               | 1000 mg vial          | 21 | 1980-01-01
goserelin                    | 50610   | Zoladex               | 3.6 mg implant        | 28 | 1995-01-01
leuprolide                   | 42375   | Lupron                | 11.25 mg syringe      | 84 | 1997-01-01
zoledronic acid              | 77655   | Zometa                | 4 mg/5 mL vial        | 84 | 2002-03-01
denosumab                    | 993449  | Xgeva                 | 120 mg vial           | 28 | 2010-12-01
pegfilgrastim                |         | Neulasta              | 6 mg syringe          | 21 | 2002-03-01
dexamethasone                |         | Decadron              | 4 mg tablet           | 21 | 1980-01-01
ondansetron                  | 26225   | Zofran                | 8 mg tablet           | 21 | 1995-01-01
loperamide                   |         | Imodium               | 2 mg capsule          | 28 | 1990-01-01
metformin                    |         | Glucophage            | 500 mg tablet         | 84 | 1995-01-01
sertraline                   |         | Zoloft                | 50 mg tablet          | 28 | 1995-01-01`;

export const day = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / 86400000);
export const iso = (n) => new Date(n * 86400000).toISOString().slice(0, 10);

export const drugs = Object.fromEntries(table.trim().split('\n').map((l) => {
  const [name, rxnorm, brands, form, every, since] = l.split('|').map((s) => s.trim());
  return [name, { name, rxnorm, brands: brands.split(','), form, every: +every, since: day(since) }];
}));

// RxNorm codes of brands, where a public source shows them; other brands stand as text.
export const brandCodes = { Ibrance: '1601381', Kisqali: '1873984', Verzenio: '1946831', Femara: '203769', Arimidex: '262485', Aromasin: '262105', Faslodex: '203870', Piqray: '2169302',
  Afinitor: '845509', Lynparza: '1597588', Talzenna: '2099947', Herceptin: '101306', Perjeta: '1298949', Kadcyla: '1371046', Enhertu: '2267577', Trodelvy: '2360535', Tykerb: '659616',
  Tukysa: '2361291', Nerlynx: '1940649', Keytruda: '1547550', Abraxane: '589511', Taxotere: '202982', Adriamycin: '42512', Ellence: '203766', Doxil: '80773', Gemzar: '101236',
  Navelbine: '53557', Halaven: '1045457', Xeloda: '220961', Zoladex: '58328', Lupron: '203852', Zometa: '285143', Nolvadex: '281964', Kanjinti: '2174805', Phesgo: '2382605',
  'Herceptin Hylecta': '2119715' };

// Never a drug of a line: ovarian suppression, bone, support, other illness.
export const beside = new Set(['goserelin', 'leuprolide', 'triptorelin', 'zoledronic acid', 'denosumab', 'pegfilgrastim', 'dexamethasone', 'ondansetron',
  'loperamide', 'metformin', 'sertraline']);
export const oral = (name) => /tablet|capsule/.test(drugs[name].form);
export const biosimilars = ['Kanjinti', 'Ogivri', 'Trazimera', 'Herzuma', 'Ontruzant'];
