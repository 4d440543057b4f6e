/**
 * Places by UN/LOCODE that carriers name and that are no airport, or have a better name than their airport gives them: the home hub,
 * Chinese hubs and seaports, border crossings of the land bridge, European rail terminals, large seaports. Places of countries with
 * several time zones stand under their zone; the others have that of their country.
 *
 * Version 1. A code stands here only if a published list has it for that place: it is never made from an IATA code, because `USSDF`
 * is not Louisville's airport and `CNXIY` not Xi'an's. Places without a code (Altynkol, Dostyk, Brest) are not listed; their messages carry
 * station codes.
 * @see UN/LOCODE, https://unece.org/trade/uncefact/unlocode
 */
const listed = `
: CNZGZ Zhengzhou, CNCGO Zhengzhou Xinzheng, CNZZZ Zhengzhou railway station
: CNCGZ Chongzuo, CNKFG Kaifeng, CNLYA Luoyang Beijiao, CNBJS Beijing, CNPEK Beijing Capital, CNSHA Shanghai Hongqiao
: CNPVG Shanghai Pudong, CNSHG Shanghai port, CNCAN Guangzhou Baiyun, CNGGZ Guangzhou, CNGZP Guangzhou port
: CNNSA Nansha, CNSZX Shenzhen Bao'an, CNSNZ Shenzhen, CNSZP Shenzhen port, CNSHK Shekou, CNYTN Yantian
: CNCTU Chengdu Shuangliu, CNCDU Chengdu, CNCKG Chongqing Jiangbei, CNCQI Chongqing, CNCHQ Chongqing port
: CNWUH Wuhan Tianhe, CNWUP Wuhan port, CNCSX Changsha Huanghua, CNSIA Xi'an Xianyang, CNYIU Yiwu, CNURM Urumqi
: CNURC Urumqi Diwopu, CNLAZ Lanzhou, CNLHW Lanzhou Zhongchuan, CNHFI Hefei, CNHFE Hefei airport, CNNJI Nanjing
: CNNKG Nanjing Lukou, CNNJP Nanjing port, CNJNA Jinan, CNTNA Jinan Yaoqiang, CNSJZ Shijiazhuang, CNHGH Hangzhou
: CNNBO Ningbo, CNNGB Ningbo Lishe, CNNBP Ningbo port, CNXMN Xiamen Gaoqi, CNXAM Xiamen, CNXMP Xiamen port
: CNQDP Qingdao port, CNTAO Qingdao airport, CNLYG Lianyungang, CNTXG Tianjin Xingang, CNTNJ Tianjin, CNTSN Tianjin Binhai
: CNDAL Dalian, CNDLC Dalian Zhoushuizi, CNDXG Dalian port, CNTAC Taicang, CNZJG Zhangjiagang, CNKMG Kunming Changshui
: CNHRS Khorgos, CNAKL Alashankou, CNERC Erenhot, CNMLX Manzhouli, CNSFE Suifenhe, CNPIN Pingxiang
: CNDOX Dongxing, CNPUT Putian, HKHKG Hong Kong, MOMFM Macao, TWTPE Taipei, TWKHH Kaohsiung, TWKEL Keelung
: KZHOR Khorgos (Kazakhstan), KZALA Almaty, KZTSE Astana, KZAAU Aktau, UZTAS Tashkent, KGFRU Bishkek, BYMSQ Minsk
: BYKDC Kolyadichi, TMASB Ashgabat, AZBAK Baku, GETBS Tbilisi, GEPTI Poti, GEBUS Batumi, TRIST Istanbul
: TRHAL Halkali, TRIZT Izmit, TRMER Mersin, IRBND Bandar Abbas, IRTHR Tehran, UACOP Chop, UAIEV Kyiv
: PLMAA Malaszewicze, PLSAW Slawkow, PLWAW Warsaw, PLLOD Lodz, PLPOZ Poznan, PLGDN Gdansk, PLGDY Gdynia
: DEHAM Hamburg, DEDUI Duisburg, DEMUC Munich, DENUE Nuremberg, DELUH Ludwigshafen, DEBRV Bremerhaven, DEBRE Bremen
: DENSS Neuss, DEMHG Mannheim, DEWVN Wilhelmshaven, DEMUK Mukran, DERSK Rostock, DELEJ Leipzig, DESZI Schwarzheide
: DEKEH Kehl, DECGN Cologne, DEFRA Frankfurt am Main, DEBER Berlin, DEDUS Dusseldorf, DESTR Stuttgart
: NLRTM Rotterdam, NLAMS Amsterdam, NLTLB Tilburg, NLVEN Venlo, NLMOE Moerdijk, BEANR Antwerp, BEZEE Zeebrugge
: BEGNK Genk, BEMUI Muizen, BELGG Liege, BEBRU Brussels, LULUX Luxembourg, FRPAR Paris, FRLEH Le Havre, FRFOS Fos
: FRDGS Dourges, FRLIO Lyon, FRVES Venissieux, FRVTN Valenton, FRMRS Marseille, GBLON London, GBFXT Felixstowe
: GBSOU Southampton, GBLGP London Gateway, IEDUB Dublin, ITMIL Milan, ITVRN Verona, ITTRS Trieste, ITGOA Genoa
: ITSPE La Spezia, ITGIT Gioia Tauro, CHBSL Basel, CHZRH Zurich, ATVIE Vienna, ATLNZ Linz, HUBUD Budapest
: CZPRG Prague, SKBTS Bratislava, SKCNT Cierna nad Tisou, RSBEG Belgrade, SIKOP Koper, HRRJK Rijeka, ROCND Constanta
: GRPIR Piraeus, GRSKG Thessaloniki, BGVAR Varna, FIHEL Helsinki, FIKVO Kouvola, FIVSS Vuosaari, SEGOT Gothenburg
: DKAAR Aarhus, DKCPH Copenhagen, NOOSL Oslo, LTSSK Sestokai, LTKUN Kaunas, LTVNO Vilnius, LTKLJ Klaipeda, LVRIX Riga
: EETLL Tallinn, JPTYO Tokyo, JPYOK Yokohama, JPUKB Kobe, JPOSA Osaka, JPNGO Nagoya, KRPUS Busan, KRINC Incheon
: SGSIN Singapore, MYPKG Port Klang, MYTPP Tanjung Pelepas, THBKK Bangkok, THLCH Laem Chabang, VNHAP Hai Phong
: VNHAN Hanoi, VNSGN Ho Chi Minh City, VNCLI Cat Lai, LAVTE Vientiane, PHMNL Manila, INNSA Nhava Sheva, INMUN Mundra
: INMAA Chennai, LKCMB Colombo, BDCGP Chattogram, PKKHI Karachi, AEJEA Jebel Ali, AEDXB Dubai, SAJED Jeddah
: SADMM Dammam, OMSLL Salalah, EGPSD Port Said, EGDAM Damietta, ILHFA Haifa, ILASH Ashdod, MAPTM Tanger Med
: ZADUR Durban, KEMBA Mombasa, NGAPP Apapa, PAMIT Manzanillo (Panama), PABLB Balboa, COCTG Cartagena
: PECLL Callao, ARBUE Buenos Aires, UYMVD Montevideo
Europe/Kaliningrad: RUKGD Kaliningrad
Europe/Moscow: RUMOW Moscow, RURZH Selyatino, RULED Saint Petersburg, RUNVS Novorossiysk, RUUUL Ust-Luga
Asia/Yekaterinburg: RUYEK Yekaterinburg
Asia/Novosibirsk: RUOVB Novosibirsk
Asia/Vladivostok: RUVVO Vladivostok, RUVYP Vostochny, RUNJK Nakhodka
Asia/Ulaanbaatar: MNULN Ulaanbaatar, MNZMU Zamyn-Uud
Europe/Madrid: ESMAD Madrid, ESBCN Barcelona, ESVLC Valencia, ESALG Algeciras, ESZAZ Zaragoza, ESBIO Bilbao, ESVIT Vitoria
Atlantic/Canary: ESLPA Las Palmas, ESTCI Tenerife
Europe/Lisbon: PTLIS Lisbon, PTLEI Leixoes, PTSIE Sines
Atlantic/Madeira: PTFNC Funchal
Atlantic/Azores: PTPDL Ponta Delgada
Asia/Nicosia: CYLMS Limassol, CYLCA Larnaca
America/New_York: USNYC New York, USEWR Newark, USSAV Savannah, USATL Atlanta, USORF Norfolk, USCHS Charleston
America/New_York: USBAL Baltimore, USMIA Miami, USPEF Port Everglades, USJAX Jacksonville, USPHL Philadelphia, USBOS Boston
America/New_York: USSYR Syracuse, USCMH Columbus, USCVG Cincinnati
America/Kentucky/Louisville: USLUI Louisville
America/Detroit: USDET Detroit
America/Chicago: USCHI Chicago, USHOU Houston, USDAL Dallas, USDFW Dallas-Fort Worth, USMEM Memphis, USMKC Kansas City
America/Chicago: USJOT Joliet, USMSY New Orleans, USMOB Mobile
America/Denver: USDEN Denver, USSLC Salt Lake City
America/Los_Angeles: USLAX Los Angeles, USLGB Long Beach, USOAK Oakland, USSEA Seattle, USTIW Tacoma, USPDX Portland
America/Los_Angeles: USSFO San Francisco
America/Anchorage: USANC Anchorage
Pacific/Honolulu: USHNL Honolulu
America/Vancouver: CAVAN Vancouver, CAPRR Prince Rupert
America/Edmonton: CACAL Calgary, CAEDM Edmonton
America/Winnipeg: CAWNP Winnipeg
America/Toronto: CATOR Toronto, CAMTR Montreal
America/Halifax: CAHAL Halifax
America/Mexico_City: MXMEX Mexico City, MXZLO Manzanillo, MXLZC Lazaro Cardenas, MXVER Veracruz, MXATM Altamira
America/Mexico_City: MXGDL Guadalajara
America/Monterrey: MXMTY Monterrey
America/Matamoros: MXNLD Nuevo Laredo
America/Tijuana: MXESE Ensenada
America/Sao_Paulo: BRSSZ Santos, BRRIO Rio de Janeiro, BRSAO Sao Paulo, BRPNG Paranagua, BRITJ Itajai, BRNVT Navegantes
America/Sao_Paulo: BRRIG Rio Grande, BRIOA Itapoa, BRCPQ Campinas
America/Recife: BRSUA Suape
America/Manaus: BRMAO Manaus
America/Santiago: CLSAI San Antonio, CLVAP Valparaiso, CLSCL Santiago, CLIQQ Iquique
America/Guayaquil: ECGYE Guayaquil
Australia/Sydney: AUSYD Sydney, AUBTB Botany Bay
Australia/Melbourne: AUMEL Melbourne
Australia/Brisbane: AUBNE Brisbane
Australia/Adelaide: AUADL Adelaide
Australia/Perth: AUFRE Fremantle, AUPER Perth
Australia/Darwin: AUDRW Darwin
Asia/Jakarta: IDJKT Jakarta, IDSUB Surabaya, IDSRG Semarang, IDBLW Belawan
Asia/Makassar: IDMAK Makassar, IDBPN Balikpapan
Pacific/Auckland: NZAKL Auckland, NZTRG Tauranga, NZLYT Lyttelton, NZWLG Wellington
`;

/** Two codes of one place: the left one is read as the right one, so that the place has one name. `CNRLC` is Erenhot twice over. */
const aliases: Readonly<Record<string, string>> = { CNRLC: 'CNERC', USDTT: 'USDET', RUEKA: 'RUYEK', RUFIP: 'RUVVO' };

/** A listed place; `timeZone` only where the country has several. */
export interface Location {
  readonly locode: string;
  readonly name: string;
  readonly timeZone?: string;
}

const locations = new Map<string, Location>();
for (const line of listed.trim().split('\n')) {
  const colon = line.indexOf(': ');
  const timeZone = line.slice(0, colon);
  for (const item of line.slice(colon + 2).split(', ')) {
    const locode = item.slice(0, 5);
    locations.set(locode, { locode, name: item.slice(6), ...(timeZone ? { timeZone } : {}) });
  }
}

/** The canonical spelling of a UN/LOCODE: the code itself, or the one that it is an alias of. */
export function canonicalLocode(code: string): string {
  return Object.hasOwn(aliases, code) ? aliases[code]! : code;
}

/** The listed place of a canonical UN/LOCODE, or undefined. */
export function locationOf(locode: string): Location | undefined {
  return locations.get(locode);
}
