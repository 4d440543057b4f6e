/**
 * Logistics hubs that events may name: Zhengzhou, and other Chinese hubs so that rankings have rows.
 *
 * The code is the IATA code of the hub's main airport, because that is how cargo people name the city; rail and e-commerce of the same
 * city carry it too. Provinces have ISO 3166-2 codes. The four municipalities (Beijing, Shanghai, Tianjin, Chongqing) are cities of
 * province rank and not provincial capitals, which matters for "second of the provincial capitals".
 * A UN/LOCODE is given only where it was seen in a published list; it is never derived from the IATA code, which is right often enough
 * to be trusted and wrong where it hurts (CNCGZ is Chongzuo, not Zhengzhou).
 */

/** The hub that this system belongs to. */
export const homeHub = 'CGO';

/**
 * All places of the home hub: the city, Xinzheng airport, the railway station. What happens at another place is not the hub's throughput.
 * @see UN/LOCODE: older lists have only CNCGO for the city
 */
const homePlaces = ['CNZGZ', 'CNCGO', 'CNZZZ'] as const;

/**
 * `unLocode` is the city's, `airportUnLocode` that of the airport where it has one of its own. `places` stands only where the list is
 * complete, so that it can be said of a place that it is elsewhere.
 */
export interface Hub {
  readonly code: string;
  readonly name: string;
  readonly city: string;
  readonly province: { readonly code: string; readonly name: string };
  readonly provincialCapital: boolean;
  readonly unLocode?: string;
  readonly airportUnLocode?: string;
  readonly places?: readonly string[];
  readonly zone: 'Asia/Shanghai';
}

type Row = readonly [code: string, name: string, city: string, province: ProvinceCode, rank: Rank, unLocode?: string];
type Rank = 'capital' | 'municipality' | 'city';
type ProvinceCode = keyof typeof provinces;

const provinces = {
  'CN-AH': 'Anhui',
  'CN-BJ': 'Beijing',
  'CN-CQ': 'Chongqing',
  'CN-FJ': 'Fujian',
  'CN-GD': 'Guangdong',
  'CN-GS': 'Gansu',
  'CN-GZ': 'Guizhou',
  'CN-HA': 'Henan',
  'CN-HB': 'Hubei',
  'CN-HL': 'Heilongjiang',
  'CN-HN': 'Hunan',
  'CN-JS': 'Jiangsu',
  'CN-LN': 'Liaoning',
  'CN-SC': 'Sichuan',
  'CN-SD': 'Shandong',
  'CN-SH': 'Shanghai',
  'CN-SN': 'Shaanxi',
  'CN-TJ': 'Tianjin',
  'CN-XJ': 'Xinjiang',
  'CN-YN': 'Yunnan',
  'CN-ZJ': 'Zhejiang',
} as const;

const rows: readonly Row[] = [
  ['CGO', 'Zhengzhou Xinzheng', 'Zhengzhou', 'CN-HA', 'capital', 'CNZGZ'],
  ['LYA', 'Luoyang Beijiao', 'Luoyang', 'CN-HA', 'city'],
  ['NNY', 'Nanyang Jiangying', 'Nanyang', 'CN-HA', 'city'],
  ['XIY', "Xi'an Xianyang", "Xi'an", 'CN-SN', 'capital'],
  ['CTU', 'Chengdu Shuangliu', 'Chengdu', 'CN-SC', 'capital', 'CNCTU'],
  ['CKG', 'Chongqing Jiangbei', 'Chongqing', 'CN-CQ', 'municipality', 'CNCKG'],
  ['WUH', 'Wuhan Tianhe', 'Wuhan', 'CN-HB', 'capital', 'CNWUH'],
  ['CSX', 'Changsha Huanghua', 'Changsha', 'CN-HN', 'capital', 'CNCSX'],
  ['HFE', 'Hefei Xinqiao', 'Hefei', 'CN-AH', 'capital'],
  ['URC', 'Urumqi Diwopu', 'Urumqi', 'CN-XJ', 'capital'],
  ['LHW', 'Lanzhou Zhongchuan', 'Lanzhou', 'CN-GS', 'capital'],
  ['KMG', 'Kunming Changshui', 'Kunming', 'CN-YN', 'capital', 'CNKMG'],
  ['KWE', 'Guiyang Longdongbao', 'Guiyang', 'CN-GZ', 'capital'],
  ['HRB', 'Harbin Taiping', 'Harbin', 'CN-HL', 'capital'],
  ['PEK', 'Beijing Capital', 'Beijing', 'CN-BJ', 'municipality'],
  ['TSN', 'Tianjin Binhai', 'Tianjin', 'CN-TJ', 'municipality', 'CNTSN'],
  ['PVG', 'Shanghai Pudong', 'Shanghai', 'CN-SH', 'municipality'],
  ['HGH', 'Hangzhou Xiaoshan', 'Hangzhou', 'CN-ZJ', 'capital', 'CNHGH'],
  ['NGB', 'Ningbo Lishe', 'Ningbo', 'CN-ZJ', 'city', 'CNNGB'],
  ['NKG', 'Nanjing Lukou', 'Nanjing', 'CN-JS', 'capital', 'CNNKG'],
  ['CAN', 'Guangzhou Baiyun', 'Guangzhou', 'CN-GD', 'capital'],
  ['SZX', "Shenzhen Bao'an", 'Shenzhen', 'CN-GD', 'city'],
  ['XMN', 'Xiamen Gaoqi', 'Xiamen', 'CN-FJ', 'city', 'CNXMN'],
  ['TAO', 'Qingdao Jiaodong', 'Qingdao', 'CN-SD', 'city'],
  ['DLC', 'Dalian Zhoushuizi', 'Dalian', 'CN-LN', 'city', 'CNDLC'],
];

export const hubs: readonly Hub[] = rows.map(([code, name, city, province, rank, unLocode]) => ({
  code,
  name,
  city,
  province: { code: province, name: provinces[province] },
  provincialCapital: rank === 'capital',
  ...(unLocode ? { unLocode } : {}),
  ...(code === homeHub ? { airportUnLocode: 'CNCGO', places: homePlaces } : {}),
  zone: 'Asia/Shanghai',
}));

const byCode: ReadonlyMap<string, Hub> = new Map(hubs.map((hub) => [hub.code, hub]));

/** The hub with this code, or undefined. */
export function hubByCode(code: string): Hub | undefined {
  return byCode.get(code);
}

/** Whether events may name this hub. */
export function isHub(code: string): boolean {
  return byCode.has(code);
}

/** Whether a UN/LOCODE is a place of the hub; true for a hub whose places are not listed, where nobody can say otherwise. */
export function isPlaceOfHub(code: string, place: string): boolean {
  return byCode.get(code)?.places?.includes(place) ?? true;
}
