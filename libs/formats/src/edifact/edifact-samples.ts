/** Samples of EDIFACT messages about Zhengzhou's terminals: what each message type tells, and one message for each kind of fault. */
import type { FormatSample } from '../format-sample.js';

const gateIn = `UNB+UNOC:3+CGORAIL+LANDBRIDGE+260303:0920+5001'
UNH+1+CODECO:D:95B:UN:SMDG16'
BGM+34+GATE-5001+9'
TDT+20+8155+2++ZIH:172:20'
NAD+MS+CGORAIL:160:ZZZ'
EQD+CN+APZU4812090+45G1:102:5++2+5'
RFF+BM:ZIH260303001'
DTM+7:202603030915:203'
LOC+165+CNZGZ:139:6'
LOC+88+CNZGZ:139:6'
LOC+7+DEHAM:139:6'
MEA+AAE+T+KGM:3900'
MEA+AAE+VGM+KGM:23450.5'
SEL+ZH882001+SH'
TDT+1++3'
CNT+16:1'
UNT+16+1'
UNZ+1+5001'
`;

const status = `UNB+UNOC:3+CGORAIL+LANDBRIDGE+260304:0005+6001'
UNH+1+IFTSTA:D:00B:UN'
BGM+23+TRAIN-8155+9'
DTM+137:202603040005:203'
NAD+CA+ZIH:172:20'
CNI+1+ZIH260303001'
STS+1+24'
DTM+334:202603032340:203'
LOC+175+CNZGZ:139:6'
LOC+88+CNZGZ:139:6'
LOC+7+DEHAM:139:6'
TDT+20+8155+2++ZIH:172:20'
EQD+CN+APZU4812090+45G1:102:5++2+5'
MEA+AAE+G+KGM:23450'
EQD+CN+TCLU4265243+22G1:102:5++2+5'
MEA+AAE+G+KGM:18020'
UNT+16+1'
UNZ+1+6001'
`;

const valid: readonly FormatSample[] = [
  {
    name: 'codeco-gate-in',
    valid: true,
    says: 'A container for Hamburg came in by the gate on 3 March 2026 at 09:15; the verified mass counts, not the tare.',
    text: gateIn,
  },
  {
    name: 'codeco-gate-out-replaced',
    valid: true,
    says: 'Replaces an earlier gate-out report of the same container, place and time (BGM 1225 is 5): another mass.',
    text: `UNB+UNOC:3+CGORAIL+LANDBRIDGE+260305:1700+5002'
UNH+1+CODECO:D:00B:UN'
BGM+111+GATE-5002+5'
DTM+137:202603051658:203'
TDT+20+8156+2++ZIH:172:20'
NAD+MS+CGORAIL:160:ZZZ'
EQD+CN+CSQU3054383+22G1:102:5++3+5'
DTM+7:202603051530:203'
LOC+165+CNZGZ:139:6'
LOC+88+PLMAA:139:6'
LOC+7+CNZGZ:139:6'
MEA+AAE+G+TNE:19.25'
CNT+16:1'
UNT+13+1'
UNZ+1+5002'
`,
  },
  {
    name: 'coarri-train-discharged',
    valid: true,
    says: 'Two containers from Malaszewicze were lifted off a train at Zhengzhou; service characters are set by UNA.',
    text: `UNA;*,! ~
UNB*UNOC;3*CGORAIL*LANDBRIDGE*260306;0800*5003~
UNH*1*COARRI;D;95B;UN~
BGM*44*LIFT-5003*9~
TDT*20*8156*2**ZIH;172;20~
LOC*11*CNZGZ;139;6~
NAD*MS*CGORAIL;160;ZZZ~
EQD*CN*APZU4812090*45G1;102;5**3*5~
DTM*203;202603060710;203~
LOC*9*PLMAA;139;6~
MEA*AAE*G*KGM;21500,75~
EQD*CN*TCLU4265243*L5G1;102;5**3*4~
DTM*203;202603060718;203~
LOC*9*PLMAA;139;6~
CNT*16;2~
UNT*14*1~
UNZ*1*5003~
`,
  },
  {
    name: 'iftsta-train-departed',
    valid: true,
    says: 'Two containers left Zhengzhou by train X8155 for Hamburg on 3 March 2026 at 23:40: they count as departed.',
    text: status,
  },
  {
    name: 'iftsta-consignment-released',
    valid: true,
    says: 'Customs released a consignment of 12 packages and 850.5 kg at Zhengzhou; the time carries its offset.',
    text: `UNH+7+IFTSTA:D:95B:UN'
BGM+23+CUS-77+9'
CNI+1+ZIH260303002'
CNT+7:850.5:KGM'
CNT+11:12'
STS+1+12'
DTM+334:202603041100?+0800:205'
LOC+175+CNZGZ:139:6'
LOC+88+DEDUI:139:6'
LOC+7+CNZGZ:139:6'
UNT+11+7'
`,
  },
  {
    name: 'iftsta-carrier-code',
    valid: true,
    says: "A status of the carrier's own list is kept as iftsta-rl and counts nowhere.",
    text: `UNH+8+IFTSTA:D:00B:UN'
BGM+23+OWN-8+9'
CNI+1+ZIH260303003'
STS+1+RL::ZZZ:Ready at the ramp'
DTM+334:202603041200:203'
LOC+175+CNZGZ:139:6'
EQD+CN+CSQU3054383+22G1:102:5'
UNT+8+8'
`,
  },
  {
    name: 'codeco-cancelled',
    valid: true,
    says: 'Takes the gate-in report of codeco-gate-in back (BGM 1225 is 1).',
    text: gateIn.replace('GATE-5001+9', 'GATE-5001+1').replace('260303:0920', '260303:1015').replaceAll('5001', '5004'),
  },
];

const refused: readonly FormatSample[] = [
  {
    name: 'wrong-segment-count',
    valid: false,
    says: 'UNT says one segment more than there are: something was lost on the way, so nothing is read.',
    text: gateIn.replace("UNT+16+1'", "UNT+17+1'"),
  },
  {
    name: 'wrong-message-count',
    valid: false,
    says: 'UNZ says two messages where there is one.',
    text: gateIn.replace("UNZ+1+5001'", "UNZ+2+5001'"),
  },
  {
    name: 'wrong-interchange-reference',
    valid: false,
    says: 'UNZ refers to another interchange than UNB.',
    text: gateIn.replace("UNZ+1+5001'", "UNZ+1+5009'"),
  },
  {
    name: 'wrong-equipment-count',
    valid: false,
    says: 'CNT says two containers where there is one.',
    text: gateIn.replace("CNT+16:1'", "CNT+16:2'"),
  },
  {
    name: 'cut-off',
    valid: false,
    says: 'The transmission ended inside of a segment.',
    text: gateIn.slice(0, gateIn.indexOf('SEL+') + 6),
  },
  {
    name: 'test-interchange',
    valid: false,
    says: 'UNB says that this is a test, which must not count.',
    text: gateIn.replace("+5001'\nUNH", "+5001++++++1'\nUNH"),
  },
  {
    name: 'wrong-check-digit',
    valid: false,
    says: 'The check digit of one of two containers is wrong; the other one is accepted.',
    text: status.replace('TCLU4265243', 'TCLU4265244'),
    eventsAccepted: 1,
  },
  {
    name: 'no-time',
    valid: false,
    says: 'The report does not say when the container came in.',
    text: gateIn.replace("DTM+7:202603030915:203'\n", '').replace("UNT+16+1'", "UNT+15+1'"),
  },
  {
    name: 'no-such-time',
    valid: false,
    says: 'The day is 30 February.',
    text: gateIn.replace('DTM+7:202603030915', 'DTM+7:202602300915'),
  },
  {
    name: 'unknown-place',
    valid: false,
    says: 'The time is local, and the place is no UN/LOCODE.',
    text: gateIn.replace('LOC+165+CNZGZ:139:6', 'LOC+165+GATE-7:139:6').replace('LOC+88+CNZGZ', 'LOC+89+CNZGZ'),
  },
  {
    name: 'negative-mass',
    valid: false,
    says: 'The verified mass is negative.',
    text: gateIn.replace('KGM:23450.5', 'KGM:-5'),
  },
  {
    name: 'no-equipment',
    valid: false,
    says: 'A gate report without any equipment.',
    text: `UNH+1+CODECO:D:95B:UN'\nBGM+34+GATE-9+9'\nNAD+MS+CGORAIL:160:ZZZ'\nUNT+4+1'\n`,
  },
  {
    name: 'another-message',
    valid: false,
    says: 'A booking is EDIFACT too, but tells of nothing that happened.',
    text: `UNH+1+IFTMBF:D:95B:UN'\nBGM+335+BOOK-1+9'\nUNT+3+1'\n`,
  },
];

/** Valid and deliberately invalid messages; a test holds each to what it says. */
export const edifactSamples: readonly FormatSample[] = [...valid, ...refused];
