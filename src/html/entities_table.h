/* Generated from data/entities.tsv by tools/make_entities.py; do not edit. Names sorted by bytes, without '&'. */
enum { ENTITY_COUNT = 2231 };

static const char entity_names[] =
    "AEligAElig;AMPAMP;AacuteAacute;Abreve;AcircAcirc;Acy;Afr;AgraveAgrave;Alpha;Amacr;And;Aogon;Aopf;ApplyFunction;AringAr"
    "ing;Ascr;Assign;AtildeAtilde;AumlAuml;Backslash;Barv;Barwed;Bcy;Because;Bernoullis;Beta;Bfr;Bopf;Breve;Bscr;Bumpeq;CHc"
    "y;COPYCOPY;Cacute;Cap;CapitalDifferentialD;Cayleys;Ccaron;CcedilCcedil;Ccirc;Cconint;Cdot;Cedilla;CenterDot;Cfr;Chi;Ci"
    "rcleDot;CircleMinus;CirclePlus;CircleTimes;ClockwiseContourIntegral;CloseCurlyDoubleQuote;CloseCurlyQuote;Colon;Colone"
    ";Congruent;Conint;ContourIntegral;Copf;Coproduct;CounterClockwiseContourIntegral;Cross;Cscr;Cup;CupCap;DD;DDotrahd;DJc"
    "y;DScy;DZcy;Dagger;Darr;Dashv;Dcaron;Dcy;Del;Delta;Dfr;DiacriticalAcute;DiacriticalDot;DiacriticalDoubleAcute;Diacriti"
    "calGrave;DiacriticalTilde;Diamond;DifferentialD;Dopf;Dot;DotDot;DotEqual;DoubleContourIntegral;DoubleDot;DoubleDownArr"
    "ow;DoubleLeftArrow;DoubleLeftRightArrow;DoubleLeftTee;DoubleLongLeftArrow;DoubleLongLeftRightArrow;DoubleLongRightArro"
    "w;DoubleRightArrow;DoubleRightTee;DoubleUpArrow;DoubleUpDownArrow;DoubleVerticalBar;DownArrow;DownArrowBar;DownArrowUp"
    "Arrow;DownBreve;DownLeftRightVector;DownLeftTeeVector;DownLeftVector;DownLeftVectorBar;DownRightTeeVector;DownRightVec"
    "tor;DownRightVectorBar;DownTee;DownTeeArrow;Downarrow;Dscr;Dstrok;ENG;ETHETH;EacuteEacute;Ecaron;EcircEcirc;Ecy;Edot;E"
    "fr;EgraveEgrave;Element;Emacr;EmptySmallSquare;EmptyVerySmallSquare;Eogon;Eopf;Epsilon;Equal;EqualTilde;Equilibrium;Es"
    "cr;Esim;Eta;EumlEuml;Exists;ExponentialE;Fcy;Ffr;FilledSmallSquare;FilledVerySmallSquare;Fopf;ForAll;Fouriertrf;Fscr;G"
    "Jcy;GTGT;Gamma;Gammad;Gbreve;Gcedil;Gcirc;Gcy;Gdot;Gfr;Gg;Gopf;GreaterEqual;GreaterEqualLess;GreaterFullEqual;GreaterG"
    "reater;GreaterLess;GreaterSlantEqual;GreaterTilde;Gscr;Gt;HARDcy;Hacek;Hat;Hcirc;Hfr;HilbertSpace;Hopf;HorizontalLine;"
    "Hscr;Hstrok;HumpDownHump;HumpEqual;IEcy;IJlig;IOcy;IacuteIacute;IcircIcirc;Icy;Idot;Ifr;IgraveIgrave;Im;Imacr;Imaginar"
    "yI;Implies;Int;Integral;Intersection;InvisibleComma;InvisibleTimes;Iogon;Iopf;Iota;Iscr;Itilde;Iukcy;IumlIuml;Jcirc;Jc"
    "y;Jfr;Jopf;Jscr;Jsercy;Jukcy;KHcy;KJcy;Kappa;Kcedil;Kcy;Kfr;Kopf;Kscr;LJcy;LTLT;Lacute;Lambda;Lang;Laplacetrf;Larr;Lca"
    "ron;Lcedil;Lcy;LeftAngleBracket;LeftArrow;LeftArrowBar;LeftArrowRightArrow;LeftCeiling;LeftDoubleBracket;LeftDownTeeVe"
    "ctor;LeftDownVector;LeftDownVectorBar;LeftFloor;LeftRightArrow;LeftRightVector;LeftTee;LeftTeeArrow;LeftTeeVector;Left"
    "Triangle;LeftTriangleBar;LeftTriangleEqual;LeftUpDownVector;LeftUpTeeVector;LeftUpVector;LeftUpVectorBar;LeftVector;Le"
    "ftVectorBar;Leftarrow;Leftrightarrow;LessEqualGreater;LessFullEqual;LessGreater;LessLess;LessSlantEqual;LessTilde;Lfr;"
    "Ll;Lleftarrow;Lmidot;LongLeftArrow;LongLeftRightArrow;LongRightArrow;Longleftarrow;Longleftrightarrow;Longrightarrow;L"
    "opf;LowerLeftArrow;LowerRightArrow;Lscr;Lsh;Lstrok;Lt;Map;Mcy;MediumSpace;Mellintrf;Mfr;MinusPlus;Mopf;Mscr;Mu;NJcy;Na"
    "cute;Ncaron;Ncedil;Ncy;NegativeMediumSpace;NegativeThickSpace;NegativeThinSpace;NegativeVeryThinSpace;NestedGreaterGre"
    "ater;NestedLessLess;NewLine;Nfr;NoBreak;NonBreakingSpace;Nopf;Not;NotCongruent;NotCupCap;NotDoubleVerticalBar;NotEleme"
    "nt;NotEqual;NotEqualTilde;NotExists;NotGreater;NotGreaterEqual;NotGreaterFullEqual;NotGreaterGreater;NotGreaterLess;No"
    "tGreaterSlantEqual;NotGreaterTilde;NotHumpDownHump;NotHumpEqual;NotLeftTriangle;NotLeftTriangleBar;NotLeftTriangleEqua"
    "l;NotLess;NotLessEqual;NotLessGreater;NotLessLess;NotLessSlantEqual;NotLessTilde;NotNestedGreaterGreater;NotNestedLess"
    "Less;NotPrecedes;NotPrecedesEqual;NotPrecedesSlantEqual;NotReverseElement;NotRightTriangle;NotRightTriangleBar;NotRigh"
    "tTriangleEqual;NotSquareSubset;NotSquareSubsetEqual;NotSquareSuperset;NotSquareSupersetEqual;NotSubset;NotSubsetEqual;"
    "NotSucceeds;NotSucceedsEqual;NotSucceedsSlantEqual;NotSucceedsTilde;NotSuperset;NotSupersetEqual;NotTilde;NotTildeEqua"
    "l;NotTildeFullEqual;NotTildeTilde;NotVerticalBar;Nscr;NtildeNtilde;Nu;OElig;OacuteOacute;OcircOcirc;Ocy;Odblac;Ofr;Ogr"
    "aveOgrave;Omacr;Omega;Omicron;Oopf;OpenCurlyDoubleQuote;OpenCurlyQuote;Or;Oscr;OslashOslash;OtildeOtilde;Otimes;OumlOu"
    "ml;OverBar;OverBrace;OverBracket;OverParenthesis;PartialD;Pcy;Pfr;Phi;Pi;PlusMinus;Poincareplane;Popf;Pr;Precedes;Prec"
    "edesEqual;PrecedesSlantEqual;PrecedesTilde;Prime;Product;Proportion;Proportional;Pscr;Psi;QUOTQUOT;Qfr;Qopf;Qscr;RBarr"
    ";REGREG;Racute;Rang;Rarr;Rarrtl;Rcaron;Rcedil;Rcy;Re;ReverseElement;ReverseEquilibrium;ReverseUpEquilibrium;Rfr;Rho;Ri"
    "ghtAngleBracket;RightArrow;RightArrowBar;RightArrowLeftArrow;RightCeiling;RightDoubleBracket;RightDownTeeVector;RightD"
    "ownVector;RightDownVectorBar;RightFloor;RightTee;RightTeeArrow;RightTeeVector;RightTriangle;RightTriangleBar;RightTria"
    "ngleEqual;RightUpDownVector;RightUpTeeVector;RightUpVector;RightUpVectorBar;RightVector;RightVectorBar;Rightarrow;Ropf"
    ";RoundImplies;Rrightarrow;Rscr;Rsh;RuleDelayed;SHCHcy;SHcy;SOFTcy;Sacute;Sc;Scaron;Scedil;Scirc;Scy;Sfr;ShortDownArrow"
    ";ShortLeftArrow;ShortRightArrow;ShortUpArrow;Sigma;SmallCircle;Sopf;Sqrt;Square;SquareIntersection;SquareSubset;Square"
    "SubsetEqual;SquareSuperset;SquareSupersetEqual;SquareUnion;Sscr;Star;Sub;Subset;SubsetEqual;Succeeds;SucceedsEqual;Suc"
    "ceedsSlantEqual;SucceedsTilde;SuchThat;Sum;Sup;Superset;SupersetEqual;Supset;THORNTHORN;TRADE;TSHcy;TScy;Tab;Tau;Tcaro"
    "n;Tcedil;Tcy;Tfr;Therefore;Theta;ThickSpace;ThinSpace;Tilde;TildeEqual;TildeFullEqual;TildeTilde;Topf;TripleDot;Tscr;T"
    "strok;UacuteUacute;Uarr;Uarrocir;Ubrcy;Ubreve;UcircUcirc;Ucy;Udblac;Ufr;UgraveUgrave;Umacr;UnderBar;UnderBrace;UnderBr"
    "acket;UnderParenthesis;Union;UnionPlus;Uogon;Uopf;UpArrow;UpArrowBar;UpArrowDownArrow;UpDownArrow;UpEquilibrium;UpTee;"
    "UpTeeArrow;Uparrow;Updownarrow;UpperLeftArrow;UpperRightArrow;Upsi;Upsilon;Uring;Uscr;Utilde;UumlUuml;VDash;Vbar;Vcy;V"
    "dash;Vdashl;Vee;Verbar;Vert;VerticalBar;VerticalLine;VerticalSeparator;VerticalTilde;VeryThinSpace;Vfr;Vopf;Vscr;Vvdas"
    "h;Wcirc;Wedge;Wfr;Wopf;Wscr;Xfr;Xi;Xopf;Xscr;YAcy;YIcy;YUcy;YacuteYacute;Ycirc;Ycy;Yfr;Yopf;Yscr;Yuml;ZHcy;Zacute;Zcar"
    "on;Zcy;Zdot;ZeroWidthSpace;Zeta;Zfr;Zopf;Zscr;aacuteaacute;abreve;ac;acE;acd;acircacirc;acuteacute;acy;aeligaelig;af;a"
    "fr;agraveagrave;alefsym;aleph;alpha;amacr;amalg;ampamp;and;andand;andd;andslope;andv;ang;ange;angle;angmsd;angmsdaa;an"
    "gmsdab;angmsdac;angmsdad;angmsdae;angmsdaf;angmsdag;angmsdah;angrt;angrtvb;angrtvbd;angsph;angst;angzarr;aogon;aopf;ap"
    ";apE;apacir;ape;apid;apos;approx;approxeq;aringaring;ascr;ast;asymp;asympeq;atildeatilde;aumlauml;awconint;awint;bNot;"
    "backcong;backepsilon;backprime;backsim;backsimeq;barvee;barwed;barwedge;bbrk;bbrktbrk;bcong;bcy;bdquo;becaus;because;b"
    "emptyv;bepsi;bernou;beta;beth;between;bfr;bigcap;bigcirc;bigcup;bigodot;bigoplus;bigotimes;bigsqcup;bigstar;bigtriangl"
    "edown;bigtriangleup;biguplus;bigvee;bigwedge;bkarow;blacklozenge;blacksquare;blacktriangle;blacktriangledown;blacktria"
    "ngleleft;blacktriangleright;blank;blk12;blk14;blk34;block;bne;bnequiv;bnot;bopf;bot;bottom;bowtie;boxDL;boxDR;boxDl;bo"
    "xDr;boxH;boxHD;boxHU;boxHd;boxHu;boxUL;boxUR;boxUl;boxUr;boxV;boxVH;boxVL;boxVR;boxVh;boxVl;boxVr;boxbox;boxdL;boxdR;b"
    "oxdl;boxdr;boxh;boxhD;boxhU;boxhd;boxhu;boxminus;boxplus;boxtimes;boxuL;boxuR;boxul;boxur;boxv;boxvH;boxvL;boxvR;boxvh"
    ";boxvl;boxvr;bprime;breve;brvbarbrvbar;bscr;bsemi;bsim;bsime;bsol;bsolb;bsolhsub;bull;bullet;bump;bumpE;bumpe;bumpeq;c"
    "acute;cap;capand;capbrcup;capcap;capcup;capdot;caps;caret;caron;ccaps;ccaron;ccedilccedil;ccirc;ccups;ccupssm;cdot;ced"
    "ilcedil;cemptyv;centcent;centerdot;cfr;chcy;check;checkmark;chi;cir;cirE;circ;circeq;circlearrowleft;circlearrowright;"
    "circledR;circledS;circledast;circledcirc;circleddash;cire;cirfnint;cirmid;cirscir;clubs;clubsuit;colon;colone;coloneq;"
    "comma;commat;comp;compfn;complement;complexes;cong;congdot;conint;copf;coprod;copycopy;copysr;crarr;cross;cscr;csub;cs"
    "ube;csup;csupe;ctdot;cudarrl;cudarrr;cuepr;cuesc;cularr;cularrp;cup;cupbrcap;cupcap;cupcup;cupdot;cupor;cups;curarr;cu"
    "rarrm;curlyeqprec;curlyeqsucc;curlyvee;curlywedge;currencurren;curvearrowleft;curvearrowright;cuvee;cuwed;cwconint;cwi"
    "nt;cylcty;dArr;dHar;dagger;daleth;darr;dash;dashv;dbkarow;dblac;dcaron;dcy;dd;ddagger;ddarr;ddotseq;degdeg;delta;dempt"
    "yv;dfisht;dfr;dharl;dharr;diam;diamond;diamondsuit;diams;die;digamma;disin;div;dividedivide;divideontimes;divonx;djcy;"
    "dlcorn;dlcrop;dollar;dopf;dot;doteq;doteqdot;dotminus;dotplus;dotsquare;doublebarwedge;downarrow;downdownarrows;downha"
    "rpoonleft;downharpoonright;drbkarow;drcorn;drcrop;dscr;dscy;dsol;dstrok;dtdot;dtri;dtrif;duarr;duhar;dwangle;dzcy;dzig"
    "rarr;eDDot;eDot;eacuteeacute;easter;ecaron;ecir;ecircecirc;ecolon;ecy;edot;ee;efDot;efr;eg;egraveegrave;egs;egsdot;el;"
    "elinters;ell;els;elsdot;emacr;empty;emptyset;emptyv;emsp13;emsp14;emsp;eng;ensp;eogon;eopf;epar;eparsl;eplus;epsi;epsi"
    "lon;epsiv;eqcirc;eqcolon;eqsim;eqslantgtr;eqslantless;equals;equest;equiv;equivDD;eqvparsl;erDot;erarr;escr;esdot;esim"
    ";eta;etheth;eumleuml;euro;excl;exist;expectation;exponentiale;fallingdotseq;fcy;female;ffilig;fflig;ffllig;ffr;filig;f"
    "jlig;flat;fllig;fltns;fnof;fopf;forall;fork;forkv;fpartint;frac12frac12;frac13;frac14frac14;frac15;frac16;frac18;frac2"
    "3;frac25;frac34frac34;frac35;frac38;frac45;frac56;frac58;frac78;frasl;frown;fscr;gE;gEl;gacute;gamma;gammad;gap;gbreve"
    ";gcirc;gcy;gdot;ge;gel;geq;geqq;geqslant;ges;gescc;gesdot;gesdoto;gesdotol;gesl;gesles;gfr;gg;ggg;gimel;gjcy;gl;glE;gl"
    "a;glj;gnE;gnap;gnapprox;gne;gneq;gneqq;gnsim;gopf;grave;gscr;gsim;gsime;gsiml;gtgt;gtcc;gtcir;gtdot;gtlPar;gtquest;gtr"
    "approx;gtrarr;gtrdot;gtreqless;gtreqqless;gtrless;gtrsim;gvertneqq;gvnE;hArr;hairsp;half;hamilt;hardcy;harr;harrcir;ha"
    "rrw;hbar;hcirc;hearts;heartsuit;hellip;hercon;hfr;hksearow;hkswarow;hoarr;homtht;hookleftarrow;hookrightarrow;hopf;hor"
    "bar;hscr;hslash;hstrok;hybull;hyphen;iacuteiacute;ic;icircicirc;icy;iecy;iexcliexcl;iff;ifr;igraveigrave;ii;iiiint;iii"
    "nt;iinfin;iiota;ijlig;imacr;image;imagline;imagpart;imath;imof;imped;in;incare;infin;infintie;inodot;int;intcal;intege"
    "rs;intercal;intlarhk;intprod;iocy;iogon;iopf;iota;iprod;iquestiquest;iscr;isin;isinE;isindot;isins;isinsv;isinv;it;iti"
    "lde;iukcy;iumliuml;jcirc;jcy;jfr;jmath;jopf;jscr;jsercy;jukcy;kappa;kappav;kcedil;kcy;kfr;kgreen;khcy;kjcy;kopf;kscr;l"
    "Aarr;lArr;lAtail;lBarr;lE;lEg;lHar;lacute;laemptyv;lagran;lambda;lang;langd;langle;lap;laquolaquo;larr;larrb;larrbfs;l"
    "arrfs;larrhk;larrlp;larrpl;larrsim;larrtl;lat;latail;late;lates;lbarr;lbbrk;lbrace;lbrack;lbrke;lbrksld;lbrkslu;lcaron"
    ";lcedil;lceil;lcub;lcy;ldca;ldquo;ldquor;ldrdhar;ldrushar;ldsh;le;leftarrow;leftarrowtail;leftharpoondown;leftharpoonu"
    "p;leftleftarrows;leftrightarrow;leftrightarrows;leftrightharpoons;leftrightsquigarrow;leftthreetimes;leg;leq;leqq;leqs"
    "lant;les;lescc;lesdot;lesdoto;lesdotor;lesg;lesges;lessapprox;lessdot;lesseqgtr;lesseqqgtr;lessgtr;lesssim;lfisht;lflo"
    "or;lfr;lg;lgE;lhard;lharu;lharul;lhblk;ljcy;ll;llarr;llcorner;llhard;lltri;lmidot;lmoust;lmoustache;lnE;lnap;lnapprox;"
    "lne;lneq;lneqq;lnsim;loang;loarr;lobrk;longleftarrow;longleftrightarrow;longmapsto;longrightarrow;looparrowleft;loopar"
    "rowright;lopar;lopf;loplus;lotimes;lowast;lowbar;loz;lozenge;lozf;lpar;lparlt;lrarr;lrcorner;lrhar;lrhard;lrm;lrtri;ls"
    "aquo;lscr;lsh;lsim;lsime;lsimg;lsqb;lsquo;lsquor;lstrok;ltlt;ltcc;ltcir;ltdot;lthree;ltimes;ltlarr;ltquest;ltrPar;ltri"
    ";ltrie;ltrif;lurdshar;luruhar;lvertneqq;lvnE;mDDot;macrmacr;male;malt;maltese;map;mapsto;mapstodown;mapstoleft;mapstou"
    "p;marker;mcomma;mcy;mdash;measuredangle;mfr;mho;micromicro;mid;midast;midcir;middotmiddot;minus;minusb;minusd;minusdu;"
    "mlcp;mldr;mnplus;models;mopf;mp;mscr;mstpos;mu;multimap;mumap;nGg;nGt;nGtv;nLeftarrow;nLeftrightarrow;nLl;nLt;nLtv;nRi"
    "ghtarrow;nVDash;nVdash;nabla;nacute;nang;nap;napE;napid;napos;napprox;natur;natural;naturals;nbspnbsp;nbump;nbumpe;nca"
    "p;ncaron;ncedil;ncong;ncongdot;ncup;ncy;ndash;ne;neArr;nearhk;nearr;nearrow;nedot;nequiv;nesear;nesim;nexist;nexists;n"
    "fr;ngE;nge;ngeq;ngeqq;ngeqslant;nges;ngsim;ngt;ngtr;nhArr;nharr;nhpar;ni;nis;nisd;niv;njcy;nlArr;nlE;nlarr;nldr;nle;nl"
    "eftarrow;nleftrightarrow;nleq;nleqq;nleqslant;nles;nless;nlsim;nlt;nltri;nltrie;nmid;nopf;notnot;notin;notinE;notindot"
    ";notinva;notinvb;notinvc;notni;notniva;notnivb;notnivc;npar;nparallel;nparsl;npart;npolint;npr;nprcue;npre;nprec;nprec"
    "eq;nrArr;nrarr;nrarrc;nrarrw;nrightarrow;nrtri;nrtrie;nsc;nsccue;nsce;nscr;nshortmid;nshortparallel;nsim;nsime;nsimeq;"
    "nsmid;nspar;nsqsube;nsqsupe;nsub;nsubE;nsube;nsubset;nsubseteq;nsubseteqq;nsucc;nsucceq;nsup;nsupE;nsupe;nsupset;nsups"
    "eteq;nsupseteqq;ntgl;ntildentilde;ntlg;ntriangleleft;ntrianglelefteq;ntriangleright;ntrianglerighteq;nu;num;numero;num"
    "sp;nvDash;nvHarr;nvap;nvdash;nvge;nvgt;nvinfin;nvlArr;nvle;nvlt;nvltrie;nvrArr;nvrtrie;nvsim;nwArr;nwarhk;nwarr;nwarro"
    "w;nwnear;oS;oacuteoacute;oast;ocir;ocircocirc;ocy;odash;odblac;odiv;odot;odsold;oelig;ofcir;ofr;ogon;ograveograve;ogt;"
    "ohbar;ohm;oint;olarr;olcir;olcross;oline;olt;omacr;omega;omicron;omid;ominus;oopf;opar;operp;oplus;or;orarr;ord;order;"
    "orderof;ordfordf;ordmordm;origof;oror;orslope;orv;oscr;oslashoslash;osol;otildeotilde;otimes;otimesas;oumlouml;ovbar;p"
    "ar;parapara;parallel;parsim;parsl;part;pcy;percnt;period;permil;perp;pertenk;pfr;phi;phiv;phmmat;phone;pi;pitchfork;pi"
    "v;planck;planckh;plankv;plus;plusacir;plusb;pluscir;plusdo;plusdu;pluse;plusmnplusmn;plussim;plustwo;pm;pointint;popf;"
    "poundpound;pr;prE;prap;prcue;pre;prec;precapprox;preccurlyeq;preceq;precnapprox;precneqq;precnsim;precsim;prime;primes"
    ";prnE;prnap;prnsim;prod;profalar;profline;profsurf;prop;propto;prsim;prurel;pscr;psi;puncsp;qfr;qint;qopf;qprime;qscr;"
    "quaternions;quatint;quest;questeq;quotquot;rAarr;rArr;rAtail;rBarr;rHar;race;racute;radic;raemptyv;rang;rangd;range;ra"
    "ngle;raquoraquo;rarr;rarrap;rarrb;rarrbfs;rarrc;rarrfs;rarrhk;rarrlp;rarrpl;rarrsim;rarrtl;rarrw;ratail;ratio;rational"
    "s;rbarr;rbbrk;rbrace;rbrack;rbrke;rbrksld;rbrkslu;rcaron;rcedil;rceil;rcub;rcy;rdca;rdldhar;rdquo;rdquor;rdsh;real;rea"
    "line;realpart;reals;rect;regreg;rfisht;rfloor;rfr;rhard;rharu;rharul;rho;rhov;rightarrow;rightarrowtail;rightharpoondo"
    "wn;rightharpoonup;rightleftarrows;rightleftharpoons;rightrightarrows;rightsquigarrow;rightthreetimes;ring;risingdotseq"
    ";rlarr;rlhar;rlm;rmoust;rmoustache;rnmid;roang;roarr;robrk;ropar;ropf;roplus;rotimes;rpar;rpargt;rppolint;rrarr;rsaquo"
    ";rscr;rsh;rsqb;rsquo;rsquor;rthree;rtimes;rtri;rtrie;rtrif;rtriltri;ruluhar;rx;sacute;sbquo;sc;scE;scap;scaron;sccue;s"
    "ce;scedil;scirc;scnE;scnap;scnsim;scpolint;scsim;scy;sdot;sdotb;sdote;seArr;searhk;searr;searrow;sectsect;semi;seswar;"
    "setminus;setmn;sext;sfr;sfrown;sharp;shchcy;shcy;shortmid;shortparallel;shyshy;sigma;sigmaf;sigmav;sim;simdot;sime;sim"
    "eq;simg;simgE;siml;simlE;simne;simplus;simrarr;slarr;smallsetminus;smashp;smeparsl;smid;smile;smt;smte;smtes;softcy;so"
    "l;solb;solbar;sopf;spades;spadesuit;spar;sqcap;sqcaps;sqcup;sqcups;sqsub;sqsube;sqsubset;sqsubseteq;sqsup;sqsupe;sqsup"
    "set;sqsupseteq;squ;square;squarf;squf;srarr;sscr;ssetmn;ssmile;sstarf;star;starf;straightepsilon;straightphi;strns;sub"
    ";subE;subdot;sube;subedot;submult;subnE;subne;subplus;subrarr;subset;subseteq;subseteqq;subsetneq;subsetneqq;subsim;su"
    "bsub;subsup;succ;succapprox;succcurlyeq;succeq;succnapprox;succneqq;succnsim;succsim;sum;sung;sup1sup1;sup2sup2;sup3su"
    "p3;sup;supE;supdot;supdsub;supe;supedot;suphsol;suphsub;suplarr;supmult;supnE;supne;supplus;supset;supseteq;supseteqq;"
    "supsetneq;supsetneqq;supsim;supsub;supsup;swArr;swarhk;swarr;swarrow;swnwar;szligszlig;target;tau;tbrk;tcaron;tcedil;t"
    "cy;tdot;telrec;tfr;there4;therefore;theta;thetasym;thetav;thickapprox;thicksim;thinsp;thkap;thksim;thornthorn;tilde;ti"
    "mestimes;timesb;timesbar;timesd;tint;toea;top;topbot;topcir;topf;topfork;tosa;tprime;trade;triangle;triangledown;trian"
    "gleleft;trianglelefteq;triangleq;triangleright;trianglerighteq;tridot;trie;triminus;triplus;trisb;tritime;trpezium;tsc"
    "r;tscy;tshcy;tstrok;twixt;twoheadleftarrow;twoheadrightarrow;uArr;uHar;uacuteuacute;uarr;ubrcy;ubreve;ucircucirc;ucy;u"
    "darr;udblac;udhar;ufisht;ufr;ugraveugrave;uharl;uharr;uhblk;ulcorn;ulcorner;ulcrop;ultri;umacr;umluml;uogon;uopf;uparr"
    "ow;updownarrow;upharpoonleft;upharpoonright;uplus;upsi;upsih;upsilon;upuparrows;urcorn;urcorner;urcrop;uring;urtri;usc"
    "r;utdot;utilde;utri;utrif;uuarr;uumluuml;uwangle;vArr;vBar;vBarv;vDash;vangrt;varepsilon;varkappa;varnothing;varphi;va"
    "rpi;varpropto;varr;varrho;varsigma;varsubsetneq;varsubsetneqq;varsupsetneq;varsupsetneqq;vartheta;vartriangleleft;vart"
    "riangleright;vcy;vdash;vee;veebar;veeeq;vellip;verbar;vert;vfr;vltri;vnsub;vnsup;vopf;vprop;vrtri;vscr;vsubnE;vsubne;v"
    "supnE;vsupne;vzigzag;wcirc;wedbar;wedge;wedgeq;weierp;wfr;wopf;wp;wr;wreath;wscr;xcap;xcirc;xcup;xdtri;xfr;xhArr;xharr"
    ";xi;xlArr;xlarr;xmap;xnis;xodot;xopf;xoplus;xotime;xrArr;xrarr;xscr;xsqcup;xuplus;xutri;xvee;xwedge;yacuteyacute;yacy;"
    "ycirc;ycy;yenyen;yfr;yicy;yopf;yscr;yucy;yumlyuml;zacute;zcaron;zcy;zdot;zeetrf;zeta;zfr;zhcy;zigrarr;zopf;zscr;zwj;zw"
    "nj;";

/* Where each name starts; one more than there are names. */
static const uint16_t entity_starts[ENTITY_COUNT + 1] = {
    0, 5, 11, 14, 18, 24, 31, 38, 43, 49, 53, 57, 63, 70, 76, 82, 86, 92, 97, 111, 116, 122, 127, 134, 140, 147, 151, 156,
    166, 171, 178, 182, 190, 201, 206, 210, 215, 221, 226, 233, 238, 242, 247, 254, 258, 279, 287, 294, 300, 307, 313, 321,
    326, 334, 344, 348, 352, 362, 374, 385, 397, 422, 444, 460, 466, 473, 483, 490, 506, 511, 521, 553, 559, 564, 568, 575,
    578, 587, 592, 597, 602, 609, 614, 620, 627, 631, 635, 641, 645, 662, 677, 700, 717, 734, 742, 756, 761, 765, 772, 781,
    803, 813, 829, 845, 866, 880, 900, 925, 946, 963, 978, 992, 1010, 1028, 1038, 1051, 1068, 1078, 1098, 1116, 1131, 1149,
    1168, 1184, 1203, 1211, 1224, 1234, 1239, 1246, 1250, 1253, 1257, 1263, 1270, 1277, 1282, 1288, 1292, 1297, 1301, 1307,
    1314, 1322, 1328, 1345, 1366, 1372, 1377, 1385, 1391, 1402, 1414, 1419, 1424, 1428, 1432, 1437, 1444, 1457, 1461, 1465,
    1483, 1505, 1510, 1517, 1528, 1533, 1538, 1540, 1543, 1549, 1556, 1563, 1570, 1576, 1580, 1585, 1589, 1592, 1597, 1610,
    1627, 1644, 1659, 1671, 1689, 1702, 1707, 1710, 1717, 1723, 1727, 1733, 1737, 1750, 1755, 1770, 1775, 1782, 1795, 1805,
    1810, 1816, 1821, 1827, 1834, 1839, 1845, 1849, 1854, 1858, 1864, 1871, 1874, 1880, 1891, 1899, 1903, 1912, 1925, 1940,
    1955, 1961, 1966, 1971, 1976, 1983, 1989, 1993, 1998, 2004, 2008, 2012, 2017, 2022, 2029, 2035, 2040, 2045, 2051, 2058,
    2062, 2066, 2071, 2076, 2081, 2083, 2086, 2093, 2100, 2105, 2116, 2121, 2128, 2135, 2139, 2156, 2166, 2179, 2199, 2211,
    2229, 2247, 2262, 2280, 2290, 2305, 2321, 2329, 2342, 2356, 2369, 2385, 2403, 2420, 2436, 2449, 2465, 2476, 2490, 2500,
    2515, 2532, 2546, 2558, 2567, 2582, 2592, 2596, 2599, 2610, 2617, 2631, 2650, 2665, 2679, 2698, 2713, 2718, 2733, 2749,
    2754, 2758, 2765, 2768, 2772, 2776, 2788, 2798, 2802, 2812, 2817, 2822, 2825, 2830, 2837, 2844, 2851, 2855, 2875, 2894,
    2912, 2934, 2955, 2970, 2978, 2982, 2990, 3007, 3012, 3016, 3029, 3039, 3060, 3071, 3080, 3094, 3104, 3115, 3131, 3151,
    3169, 3184, 3205, 3221, 3237, 3250, 3266, 3285, 3306, 3314, 3327, 3342, 3354, 3372, 3385, 3409, 3427, 3439, 3456, 3478,
    3496, 3513, 3533, 3555, 3571, 3592, 3610, 3633, 3643, 3658, 3670, 3687, 3709, 3726, 3738, 3755, 3764, 3778, 3796, 3810,
    3825, 3830, 3836, 3843, 3846, 3852, 3858, 3865, 3870, 3876, 3880, 3887, 3891, 3897, 3904, 3910, 3916, 3924, 3929, 3950,
    3965, 3968, 3973, 3979, 3986, 3992, 3999, 4006, 4010, 4015, 4023, 4033, 4045, 4061, 4070, 4074, 4078, 4082, 4085, 4095,
    4109, 4114, 4117, 4126, 4140, 4159, 4173, 4179, 4187, 4198, 4211, 4216, 4220, 4224, 4229, 4233, 4238, 4243, 4249, 4252,
    4256, 4263, 4268, 4273, 4280, 4287, 4294, 4298, 4301, 4316, 4335, 4356, 4360, 4364, 4382, 4393, 4407, 4427, 4440, 4459,
    4478, 4494, 4513, 4524, 4533, 4547, 4562, 4576, 4593, 4612, 4630, 4647, 4661, 4678, 4690, 4705, 4716, 4721, 4734, 4746,
    4751, 4755, 4767, 4774, 4779, 4786, 4793, 4796, 4803, 4810, 4816, 4820, 4824, 4839, 4854, 4870, 4883, 4889, 4901, 4906,
    4911, 4918, 4937, 4950, 4968, 4983, 5003, 5015, 5020, 5025, 5029, 5036, 5048, 5057, 5071, 5090, 5104, 5113, 5117, 5121,
    5130, 5144, 5151, 5156, 5162, 5168, 5174, 5179, 5183, 5187, 5194, 5201, 5205, 5209, 5219, 5225, 5236, 5246, 5252, 5263,
    5278, 5289, 5294, 5304, 5309, 5316, 5322, 5329, 5334, 5343, 5349, 5356, 5361, 5367, 5371, 5378, 5382, 5388, 5395, 5401,
    5410, 5421, 5434, 5451, 5457, 5467, 5473, 5478, 5486, 5497, 5514, 5526, 5540, 5546, 5557, 5565, 5577, 5592, 5608, 5613,
    5621, 5627, 5632, 5639, 5643, 5648, 5654, 5659, 5663, 5669, 5676, 5680, 5687, 5692, 5704, 5717, 5735, 5749, 5763, 5767,
    5772, 5777, 5784, 5790, 5796, 5800, 5805, 5810, 5814, 5817, 5822, 5827, 5832, 5837, 5842, 5848, 5855, 5861, 5865, 5869,
    5874, 5879, 5884, 5889, 5896, 5903, 5907, 5912, 5927, 5932, 5936, 5941, 5946, 5952, 5959, 5966, 5969, 5973, 5977, 5982,
    5988, 5993, 5999, 6003, 6008, 6014, 6017, 6021, 6027, 6034, 6042, 6048, 6054, 6060, 6066, 6069, 6073, 6077, 6084, 6089,
    6098, 6103, 6107, 6112, 6118, 6125, 6134, 6143, 6152, 6161, 6170, 6179, 6188, 6197, 6203, 6211, 6220, 6227, 6233, 6241,
    6247, 6252, 6255, 6259, 6266, 6270, 6275, 6280, 6287, 6296, 6301, 6307, 6312, 6316, 6322, 6330, 6336, 6343, 6347, 6352,
    6361, 6367, 6372, 6381, 6393, 6403, 6411, 6421, 6428, 6435, 6444, 6449, 6458, 6464, 6468, 6474, 6481, 6489, 6497, 6503,
    6510, 6515, 6520, 6528, 6532, 6539, 6547, 6554, 6562, 6571, 6581, 6590, 6598, 6614, 6628, 6637, 6644, 6653, 6660, 6673,
    6685, 6699, 6717, 6735, 6754, 6760, 6766, 6772, 6778, 6784, 6788, 6796, 6801, 6806, 6810, 6817, 6824, 6830, 6836, 6842,
    6848, 6853, 6859, 6865, 6871, 6877, 6883, 6889, 6895, 6901, 6906, 6912, 6918, 6924, 6930, 6936, 6942, 6949, 6955, 6961,
    6967, 6973, 6978, 6984, 6990, 6996, 7002, 7011, 7019, 7028, 7034, 7040, 7046, 7052, 7057, 7063, 7069, 7075, 7081, 7087,
    7093, 7100, 7106, 7112, 7119, 7124, 7130, 7135, 7141, 7146, 7152, 7161, 7166, 7173, 7178, 7184, 7190, 7197, 7204, 7208,
    7215, 7224, 7231, 7238, 7245, 7250, 7256, 7262, 7268, 7275, 7281, 7288, 7294, 7300, 7308, 7313, 7318, 7324, 7332, 7336,
    7341, 7351, 7355, 7360, 7366, 7376, 7380, 7384, 7389, 7394, 7401, 7417, 7434, 7443, 7452, 7463, 7475, 7487, 7492, 7501,
    7508, 7516, 7522, 7531, 7537, 7544, 7552, 7558, 7565, 7570, 7577, 7588, 7598, 7603, 7611, 7618, 7623, 7630, 7634, 7639,
    7646, 7652, 7658, 7663, 7668, 7674, 7679, 7685, 7691, 7699, 7707, 7713, 7719, 7726, 7734, 7738, 7747, 7754, 7761, 7768,
    7774, 7779, 7786, 7794, 7806, 7818, 7827, 7838, 7844, 7851, 7866, 7882, 7888, 7894, 7903, 7909, 7916, 7921, 7926, 7933,
    7940, 7945, 7950, 7956, 7964, 7970, 7977, 7981, 7984, 7992, 7998, 8006, 8009, 8013, 8019, 8027, 8034, 8038, 8044, 8050,
    8055, 8063, 8075, 8081, 8085, 8093, 8099, 8103, 8109, 8116, 8130, 8137, 8142, 8149, 8156, 8163, 8168, 8172, 8178, 8187,
    8196, 8204, 8214, 8229, 8239, 8254, 8270, 8287, 8296, 8303, 8310, 8315, 8320, 8325, 8332, 8338, 8343, 8349, 8355, 8361,
    8369, 8374, 8383, 8389, 8394, 8400, 8407, 8414, 8421, 8426, 8431, 8437, 8444, 8448, 8453, 8456, 8462, 8466, 8469, 8475,
    8482, 8486, 8493, 8496, 8505, 8509, 8513, 8520, 8526, 8532, 8541, 8548, 8555, 8562, 8567, 8571, 8576, 8582, 8587, 8592,
    8599, 8605, 8610, 8618, 8624, 8631, 8639, 8645, 8656, 8668, 8675, 8682, 8688, 8696, 8705, 8711, 8717, 8722, 8728, 8733,
    8737, 8740, 8744, 8748, 8753, 8758, 8763, 8769, 8781, 8794, 8808, 8812, 8819, 8826, 8832, 8839, 8843, 8849, 8855, 8860,
    8866, 8872, 8877, 8882, 8889, 8894, 8900, 8909, 8915, 8922, 8929, 8935, 8942, 8949, 8956, 8963, 8970, 8977, 8983, 8990,
    8997, 9004, 9011, 9018, 9025, 9032, 9038, 9044, 9049, 9052, 9056, 9063, 9069, 9076, 9080, 9087, 9093, 9097, 9102, 9105,
    9109, 9113, 9118, 9127, 9131, 9137, 9144, 9152, 9161, 9166, 9173, 9177, 9180, 9184, 9190, 9195, 9198, 9202, 9206, 9210,
    9214, 9219, 9228, 9232, 9237, 9243, 9249, 9254, 9260, 9265, 9270, 9276, 9282, 9284, 9287, 9292, 9298, 9304, 9311, 9319,
    9329, 9336, 9343, 9353, 9364, 9372, 9379, 9389, 9394, 9399, 9406, 9411, 9418, 9425, 9430, 9438, 9444, 9449, 9455, 9462,
    9472, 9479, 9486, 9490, 9499, 9508, 9514, 9521, 9535, 9550, 9555, 9562, 9567, 9574, 9581, 9588, 9595, 9601, 9608, 9611,
    9616, 9622, 9626, 9631, 9636, 9642, 9646, 9650, 9656, 9663, 9666, 9673, 9679, 9686, 9692, 9698, 9704, 9710, 9719, 9728,
    9734, 9739, 9745, 9748, 9755, 9761, 9770, 9777, 9781, 9788, 9797, 9806, 9815, 9823, 9828, 9834, 9839, 9844, 9850, 9856,
    9863, 9868, 9873, 9879, 9887, 9893, 9900, 9906, 9909, 9916, 9922, 9926, 9931, 9937, 9941, 9945, 9951, 9956, 9961, 9968,
    9974, 9980, 9987, 9994, 9998, 10002, 10009, 10014, 10019, 10024, 10029, 10035, 10040, 10047, 10053, 10056, 10060, 10065,
    10072, 10081, 10088, 10095, 10100, 10106, 10113, 10117, 10122, 10128, 10133, 10139, 10147, 10154, 10161, 10168, 10175,
    10183, 10190, 10194, 10201, 10206, 10212, 10218, 10224, 10231, 10238, 10244, 10252, 10260, 10267, 10274, 10280, 10285,
    10289, 10294, 10300, 10307, 10315, 10324, 10329, 10332, 10342, 10356, 10372, 10386, 10401, 10416, 10432, 10450, 10470,
    10485, 10489, 10493, 10498, 10507, 10511, 10517, 10524, 10532, 10541, 10546, 10553, 10564, 10572, 10582, 10593, 10601,
    10609, 10616, 10623, 10627, 10630, 10634, 10640, 10646, 10653, 10659, 10664, 10667, 10673, 10682, 10689, 10695, 10702,
    10709, 10720, 10724, 10729, 10738, 10742, 10747, 10753, 10759, 10765, 10771, 10777, 10791, 10810, 10821, 10836, 10850,
    10865, 10871, 10876, 10883, 10891, 10898, 10905, 10909, 10917, 10922, 10927, 10934, 10940, 10949, 10955, 10962, 10966,
    10972, 10979, 10984, 10988, 10993, 10999, 11005, 11010, 11016, 11023, 11030, 11032, 11035, 11040, 11046, 11052, 11059,
    11066, 11073, 11081, 11088, 11093, 11099, 11105, 11114, 11122, 11132, 11137, 11143, 11147, 11152, 11157, 11162, 11170,
    11174, 11181, 11192, 11203, 11212, 11219, 11226, 11230, 11236, 11250, 11254, 11258, 11263, 11269, 11273, 11280, 11287,
    11293, 11300, 11306, 11313, 11320, 11328, 11333, 11338, 11345, 11352, 11357, 11360, 11365, 11372, 11375, 11384, 11390,
    11394, 11398, 11403, 11414, 11430, 11434, 11438, 11443, 11455, 11462, 11469, 11475, 11482, 11487, 11491, 11496, 11502,
    11508, 11516, 11522, 11530, 11539, 11543, 11548, 11554, 11561, 11566, 11573, 11580, 11586, 11595, 11600, 11604, 11610,
    11613, 11619, 11626, 11632, 11640, 11646, 11653, 11660, 11666, 11673, 11681, 11685, 11689, 11693, 11698, 11704, 11714,
    11719, 11725, 11729, 11734, 11740, 11746, 11752, 11755, 11759, 11764, 11768, 11773, 11779, 11783, 11789, 11794, 11798,
    11809, 11825, 11830, 11836, 11846, 11851, 11857, 11863, 11867, 11873, 11880, 11885, 11890, 11893, 11897, 11903, 11910,
    11919, 11927, 11935, 11943, 11949, 11957, 11965, 11973, 11978, 11988, 11995, 12001, 12009, 12013, 12020, 12025, 12031,
    12039, 12045, 12051, 12058, 12065, 12077, 12083, 12090, 12094, 12101, 12106, 12111, 12121, 12136, 12141, 12147, 12154,
    12160, 12166, 12174, 12182, 12187, 12193, 12199, 12207, 12217, 12228, 12234, 12242, 12247, 12253, 12259, 12267, 12277,
    12288, 12293, 12299, 12306, 12311, 12325, 12341, 12356, 12373, 12376, 12380, 12387, 12393, 12400, 12407, 12412, 12419,
    12424, 12429, 12437, 12444, 12449, 12454, 12462, 12469, 12477, 12483, 12489, 12496, 12502, 12510, 12517, 12520, 12526,
    12533, 12538, 12543, 12548, 12554, 12558, 12564, 12571, 12576, 12581, 12588, 12594, 12600, 12604, 12609, 12615, 12622,
    12626, 12632, 12636, 12641, 12647, 12653, 12661, 12667, 12671, 12677, 12683, 12691, 12696, 12703, 12708, 12713, 12719,
    12725, 12728, 12734, 12738, 12744, 12752, 12756, 12761, 12765, 12770, 12777, 12782, 12790, 12794, 12799, 12805, 12812,
    12817, 12823, 12830, 12837, 12846, 12850, 12855, 12861, 12865, 12869, 12874, 12883, 12890, 12896, 12901, 12905, 12912,
    12919, 12926, 12931, 12939, 12943, 12947, 12952, 12959, 12965, 12968, 12978, 12982, 12989, 12997, 13004, 13009, 13018,
    13024, 13032, 13039, 13046, 13052, 13058, 13065, 13073, 13081, 13084, 13093, 13098, 13103, 13109, 13112, 13116, 13121,
    13127, 13131, 13136, 13147, 13159, 13166, 13178, 13187, 13196, 13204, 13210, 13217, 13222, 13228, 13235, 13240, 13249,
    13258, 13267, 13272, 13279, 13285, 13292, 13297, 13301, 13308, 13312, 13317, 13322, 13329, 13334, 13346, 13354, 13360,
    13368, 13372, 13377, 13383, 13388, 13395, 13401, 13406, 13411, 13418, 13424, 13433, 13438, 13444, 13450, 13457, 13462,
    13468, 13473, 13480, 13486, 13494, 13500, 13507, 13514, 13521, 13528, 13536, 13543, 13549, 13556, 13562, 13572, 13578,
    13584, 13591, 13598, 13604, 13612, 13620, 13627, 13634, 13640, 13645, 13649, 13654, 13662, 13668, 13675, 13680, 13685,
    13693, 13702, 13708, 13713, 13716, 13720, 13727, 13734, 13738, 13744, 13750, 13757, 13761, 13766, 13777, 13792, 13809,
    13824, 13840, 13858, 13875, 13891, 13907, 13912, 13925, 13931, 13937, 13941, 13948, 13959, 13965, 13971, 13977, 13983,
    13989, 13994, 14001, 14009, 14014, 14021, 14030, 14036, 14043, 14048, 14052, 14057, 14063, 14070, 14077, 14084, 14089,
    14095, 14101, 14110, 14118, 14121, 14128, 14134, 14137, 14141, 14146, 14153, 14159, 14163, 14170, 14176, 14181, 14187,
    14194, 14203, 14209, 14213, 14218, 14224, 14230, 14236, 14243, 14249, 14257, 14261, 14266, 14271, 14278, 14287, 14293,
    14298, 14302, 14309, 14315, 14322, 14327, 14336, 14350, 14353, 14357, 14363, 14370, 14377, 14381, 14388, 14393, 14399,
    14404, 14410, 14415, 14421, 14427, 14435, 14443, 14449, 14463, 14470, 14479, 14484, 14490, 14494, 14499, 14505, 14512,
    14516, 14521, 14528, 14533, 14540, 14550, 14555, 14561, 14568, 14574, 14581, 14587, 14594, 14603, 14614, 14620, 14627,
    14636, 14647, 14651, 14658, 14665, 14670, 14676, 14681, 14688, 14695, 14702, 14707, 14713, 14729, 14741, 14747, 14751,
    14756, 14763, 14768, 14776, 14784, 14790, 14796, 14804, 14812, 14819, 14828, 14838, 14848, 14859, 14866, 14873, 14880,
    14885, 14896, 14908, 14915, 14927, 14936, 14945, 14953, 14957, 14962, 14966, 14971, 14975, 14980, 14984, 14989, 14993,
    14998, 15005, 15013, 15018, 15026, 15034, 15042, 15050, 15058, 15064, 15070, 15078, 15085, 15094, 15104, 15114, 15125,
    15132, 15139, 15146, 15152, 15159, 15165, 15173, 15180, 15185, 15191, 15198, 15202, 15207, 15214, 15221, 15225, 15230,
    15237, 15241, 15248, 15258, 15264, 15273, 15280, 15292, 15301, 15308, 15314, 15321, 15326, 15332, 15338, 15343, 15349,
    15356, 15365, 15372, 15377, 15382, 15386, 15393, 15400, 15405, 15413, 15418, 15425, 15431, 15440, 15453, 15466, 15481,
    15491, 15505, 15521, 15528, 15533, 15542, 15550, 15556, 15564, 15573, 15578, 15583, 15589, 15596, 15602, 15619, 15637,
    15642, 15647, 15653, 15660, 15665, 15671, 15678, 15683, 15689, 15693, 15699, 15706, 15712, 15719, 15723, 15729, 15736,
    15742, 15748, 15754, 15761, 15770, 15777, 15783, 15789, 15792, 15796, 15802, 15807, 15815, 15827, 15841, 15856, 15862,
    15867, 15873, 15881, 15892, 15899, 15908, 15915, 15921, 15927, 15932, 15938, 15945, 15950, 15956, 15962, 15966, 15971,
    15979, 15984, 15989, 15995, 16001, 16008, 16019, 16028, 16039, 16046, 16052, 16062, 16067, 16074, 16083, 16096, 16110,
    16123, 16137, 16146, 16162, 16179, 16183, 16189, 16193, 16200, 16206, 16213, 16220, 16225, 16229, 16235, 16241, 16247,
    16252, 16258, 16264, 16269, 16276, 16283, 16290, 16297, 16305, 16311, 16318, 16324, 16331, 16338, 16342, 16347, 16350,
    16353, 16360, 16365, 16370, 16376, 16381, 16387, 16391, 16397, 16403, 16406, 16412, 16418, 16423, 16428, 16434, 16439,
    16446, 16453, 16459, 16465, 16470, 16477, 16484, 16490, 16495, 16502, 16508, 16515, 16520, 16526, 16530, 16533, 16537,
    16541, 16546, 16551, 16556, 16561, 16565, 16570, 16577, 16584, 16588, 16593, 16600, 16605, 16609, 16614, 16622, 16627,
    16632, 16636, 16641,
};

static const uint16_t entity_seconds[] = {0x0, 0x6A, 0x331, 0x333, 0x338, 0x200A, 0x20D2, 0x20E5, 0xFE00};

/* First scalar value in the low 17 bits, above it which of entity_seconds is the second (0: none). */
static const uint32_t entity_values[ENTITY_COUNT] = {
    0xC6, 0xC6, 0x26, 0x26, 0xC1, 0xC1, 0x102, 0xC2, 0xC2, 0x410, 0x1D504, 0xC0, 0xC0, 0x391, 0x100, 0x2A53, 0x104, 0x1D538,
    0x2061, 0xC5, 0xC5, 0x1D49C, 0x2254, 0xC3, 0xC3, 0xC4, 0xC4, 0x2216, 0x2AE7, 0x2306, 0x411, 0x2235, 0x212C, 0x392,
    0x1D505, 0x1D539, 0x2D8, 0x212C, 0x224E, 0x427, 0xA9, 0xA9, 0x106, 0x22D2, 0x2145, 0x212D, 0x10C, 0xC7, 0xC7, 0x108,
    0x2230, 0x10A, 0xB8, 0xB7, 0x212D, 0x3A7, 0x2299, 0x2296, 0x2295, 0x2297, 0x2232, 0x201D, 0x2019, 0x2237, 0x2A74,
    0x2261, 0x222F, 0x222E, 0x2102, 0x2210, 0x2233, 0x2A2F, 0x1D49E, 0x22D3, 0x224D, 0x2145, 0x2911, 0x402, 0x405, 0x40F,
    0x2021, 0x21A1, 0x2AE4, 0x10E, 0x414, 0x2207, 0x394, 0x1D507, 0xB4, 0x2D9, 0x2DD, 0x60, 0x2DC, 0x22C4, 0x2146, 0x1D53B,
    0xA8, 0x20DC, 0x2250, 0x222F, 0xA8, 0x21D3, 0x21D0, 0x21D4, 0x2AE4, 0x27F8, 0x27FA, 0x27F9, 0x21D2, 0x22A8, 0x21D1,
    0x21D5, 0x2225, 0x2193, 0x2913, 0x21F5, 0x311, 0x2950, 0x295E, 0x21BD, 0x2956, 0x295F, 0x21C1, 0x2957, 0x22A4, 0x21A7,
    0x21D3, 0x1D49F, 0x110, 0x14A, 0xD0, 0xD0, 0xC9, 0xC9, 0x11A, 0xCA, 0xCA, 0x42D, 0x116, 0x1D508, 0xC8, 0xC8, 0x2208,
    0x112, 0x25FB, 0x25AB, 0x118, 0x1D53C, 0x395, 0x2A75, 0x2242, 0x21CC, 0x2130, 0x2A73, 0x397, 0xCB, 0xCB, 0x2203, 0x2147,
    0x424, 0x1D509, 0x25FC, 0x25AA, 0x1D53D, 0x2200, 0x2131, 0x2131, 0x403, 0x3E, 0x3E, 0x393, 0x3DC, 0x11E, 0x122, 0x11C,
    0x413, 0x120, 0x1D50A, 0x22D9, 0x1D53E, 0x2265, 0x22DB, 0x2267, 0x2AA2, 0x2277, 0x2A7E, 0x2273, 0x1D4A2, 0x226B, 0x42A,
    0x2C7, 0x5E, 0x124, 0x210C, 0x210B, 0x210D, 0x2500, 0x210B, 0x126, 0x224E, 0x224F, 0x415, 0x132, 0x401, 0xCD, 0xCD,
    0xCE, 0xCE, 0x418, 0x130, 0x2111, 0xCC, 0xCC, 0x2111, 0x12A, 0x2148, 0x21D2, 0x222C, 0x222B, 0x22C2, 0x2063, 0x2062,
    0x12E, 0x1D540, 0x399, 0x2110, 0x128, 0x406, 0xCF, 0xCF, 0x134, 0x419, 0x1D50D, 0x1D541, 0x1D4A5, 0x408, 0x404, 0x425,
    0x40C, 0x39A, 0x136, 0x41A, 0x1D50E, 0x1D542, 0x1D4A6, 0x409, 0x3C, 0x3C, 0x139, 0x39B, 0x27EA, 0x2112, 0x219E, 0x13D,
    0x13B, 0x41B, 0x27E8, 0x2190, 0x21E4, 0x21C6, 0x2308, 0x27E6, 0x2961, 0x21C3, 0x2959, 0x230A, 0x2194, 0x294E, 0x22A3,
    0x21A4, 0x295A, 0x22B2, 0x29CF, 0x22B4, 0x2951, 0x2960, 0x21BF, 0x2958, 0x21BC, 0x2952, 0x21D0, 0x21D4, 0x22DA, 0x2266,
    0x2276, 0x2AA1, 0x2A7D, 0x2272, 0x1D50F, 0x22D8, 0x21DA, 0x13F, 0x27F5, 0x27F7, 0x27F6, 0x27F8, 0x27FA, 0x27F9, 0x1D543,
    0x2199, 0x2198, 0x2112, 0x21B0, 0x141, 0x226A, 0x2905, 0x41C, 0x205F, 0x2133, 0x1D510, 0x2213, 0x1D544, 0x2133, 0x39C,
    0x40A, 0x143, 0x147, 0x145, 0x41D, 0x200B, 0x200B, 0x200B, 0x200B, 0x226B, 0x226A, 0xA, 0x1D511, 0x2060, 0xA0, 0x2115,
    0x2AEC, 0x2262, 0x226D, 0x2226, 0x2209, 0x2260, 0x82242, 0x2204, 0x226F, 0x2271, 0x82267, 0x8226B, 0x2279, 0x82A7E,
    0x2275, 0x8224E, 0x8224F, 0x22EA, 0x829CF, 0x22EC, 0x226E, 0x2270, 0x2278, 0x8226A, 0x82A7D, 0x2274, 0x82AA2, 0x82AA1,
    0x2280, 0x82AAF, 0x22E0, 0x220C, 0x22EB, 0x829D0, 0x22ED, 0x8228F, 0x22E2, 0x82290, 0x22E3, 0xC2282, 0x2288, 0x2281,
    0x82AB0, 0x22E1, 0x8227F, 0xC2283, 0x2289, 0x2241, 0x2244, 0x2247, 0x2249, 0x2224, 0x1D4A9, 0xD1, 0xD1, 0x39D, 0x152,
    0xD3, 0xD3, 0xD4, 0xD4, 0x41E, 0x150, 0x1D512, 0xD2, 0xD2, 0x14C, 0x3A9, 0x39F, 0x1D546, 0x201C, 0x2018, 0x2A54,
    0x1D4AA, 0xD8, 0xD8, 0xD5, 0xD5, 0x2A37, 0xD6, 0xD6, 0x203E, 0x23DE, 0x23B4, 0x23DC, 0x2202, 0x41F, 0x1D513, 0x3A6,
    0x3A0, 0xB1, 0x210C, 0x2119, 0x2ABB, 0x227A, 0x2AAF, 0x227C, 0x227E, 0x2033, 0x220F, 0x2237, 0x221D, 0x1D4AB, 0x3A8,
    0x22, 0x22, 0x1D514, 0x211A, 0x1D4AC, 0x2910, 0xAE, 0xAE, 0x154, 0x27EB, 0x21A0, 0x2916, 0x158, 0x156, 0x420, 0x211C,
    0x220B, 0x21CB, 0x296F, 0x211C, 0x3A1, 0x27E9, 0x2192, 0x21E5, 0x21C4, 0x2309, 0x27E7, 0x295D, 0x21C2, 0x2955, 0x230B,
    0x22A2, 0x21A6, 0x295B, 0x22B3, 0x29D0, 0x22B5, 0x294F, 0x295C, 0x21BE, 0x2954, 0x21C0, 0x2953, 0x21D2, 0x211D, 0x2970,
    0x21DB, 0x211B, 0x21B1, 0x29F4, 0x429, 0x428, 0x42C, 0x15A, 0x2ABC, 0x160, 0x15E, 0x15C, 0x421, 0x1D516, 0x2193, 0x2190,
    0x2192, 0x2191, 0x3A3, 0x2218, 0x1D54A, 0x221A, 0x25A1, 0x2293, 0x228F, 0x2291, 0x2290, 0x2292, 0x2294, 0x1D4AE, 0x22C6,
    0x22D0, 0x22D0, 0x2286, 0x227B, 0x2AB0, 0x227D, 0x227F, 0x220B, 0x2211, 0x22D1, 0x2283, 0x2287, 0x22D1, 0xDE, 0xDE,
    0x2122, 0x40B, 0x426, 0x9, 0x3A4, 0x164, 0x162, 0x422, 0x1D517, 0x2234, 0x398, 0xA205F, 0x2009, 0x223C, 0x2243, 0x2245,
    0x2248, 0x1D54B, 0x20DB, 0x1D4AF, 0x166, 0xDA, 0xDA, 0x219F, 0x2949, 0x40E, 0x16C, 0xDB, 0xDB, 0x423, 0x170, 0x1D518,
    0xD9, 0xD9, 0x16A, 0x5F, 0x23DF, 0x23B5, 0x23DD, 0x22C3, 0x228E, 0x172, 0x1D54C, 0x2191, 0x2912, 0x21C5, 0x2195, 0x296E,
    0x22A5, 0x21A5, 0x21D1, 0x21D5, 0x2196, 0x2197, 0x3D2, 0x3A5, 0x16E, 0x1D4B0, 0x168, 0xDC, 0xDC, 0x22AB, 0x2AEB, 0x412,
    0x22A9, 0x2AE6, 0x22C1, 0x2016, 0x2016, 0x2223, 0x7C, 0x2758, 0x2240, 0x200A, 0x1D519, 0x1D54D, 0x1D4B1, 0x22AA, 0x174,
    0x22C0, 0x1D51A, 0x1D54E, 0x1D4B2, 0x1D51B, 0x39E, 0x1D54F, 0x1D4B3, 0x42F, 0x407, 0x42E, 0xDD, 0xDD, 0x176, 0x42B,
    0x1D51C, 0x1D550, 0x1D4B4, 0x178, 0x416, 0x179, 0x17D, 0x417, 0x17B, 0x200B, 0x396, 0x2128, 0x2124, 0x1D4B5, 0xE1, 0xE1,
    0x103, 0x223E, 0x6223E, 0x223F, 0xE2, 0xE2, 0xB4, 0xB4, 0x430, 0xE6, 0xE6, 0x2061, 0x1D51E, 0xE0, 0xE0, 0x2135, 0x2135,
    0x3B1, 0x101, 0x2A3F, 0x26, 0x26, 0x2227, 0x2A55, 0x2A5C, 0x2A58, 0x2A5A, 0x2220, 0x29A4, 0x2220, 0x2221, 0x29A8,
    0x29A9, 0x29AA, 0x29AB, 0x29AC, 0x29AD, 0x29AE, 0x29AF, 0x221F, 0x22BE, 0x299D, 0x2222, 0xC5, 0x237C, 0x105, 0x1D552,
    0x2248, 0x2A70, 0x2A6F, 0x224A, 0x224B, 0x27, 0x2248, 0x224A, 0xE5, 0xE5, 0x1D4B6, 0x2A, 0x2248, 0x224D, 0xE3, 0xE3,
    0xE4, 0xE4, 0x2233, 0x2A11, 0x2AED, 0x224C, 0x3F6, 0x2035, 0x223D, 0x22CD, 0x22BD, 0x2305, 0x2305, 0x23B5, 0x23B6,
    0x224C, 0x431, 0x201E, 0x2235, 0x2235, 0x29B0, 0x3F6, 0x212C, 0x3B2, 0x2136, 0x226C, 0x1D51F, 0x22C2, 0x25EF, 0x22C3,
    0x2A00, 0x2A01, 0x2A02, 0x2A06, 0x2605, 0x25BD, 0x25B3, 0x2A04, 0x22C1, 0x22C0, 0x290D, 0x29EB, 0x25AA, 0x25B4, 0x25BE,
    0x25C2, 0x25B8, 0x2423, 0x2592, 0x2591, 0x2593, 0x2588, 0xE003D, 0xE2261, 0x2310, 0x1D553, 0x22A5, 0x22A5, 0x22C8,
    0x2557, 0x2554, 0x2556, 0x2553, 0x2550, 0x2566, 0x2569, 0x2564, 0x2567, 0x255D, 0x255A, 0x255C, 0x2559, 0x2551, 0x256C,
    0x2563, 0x2560, 0x256B, 0x2562, 0x255F, 0x29C9, 0x2555, 0x2552, 0x2510, 0x250C, 0x2500, 0x2565, 0x2568, 0x252C, 0x2534,
    0x229F, 0x229E, 0x22A0, 0x255B, 0x2558, 0x2518, 0x2514, 0x2502, 0x256A, 0x2561, 0x255E, 0x253C, 0x2524, 0x251C, 0x2035,
    0x2D8, 0xA6, 0xA6, 0x1D4B7, 0x204F, 0x223D, 0x22CD, 0x5C, 0x29C5, 0x27C8, 0x2022, 0x2022, 0x224E, 0x2AAE, 0x224F,
    0x224F, 0x107, 0x2229, 0x2A44, 0x2A49, 0x2A4B, 0x2A47, 0x2A40, 0x102229, 0x2041, 0x2C7, 0x2A4D, 0x10D, 0xE7, 0xE7,
    0x109, 0x2A4C, 0x2A50, 0x10B, 0xB8, 0xB8, 0x29B2, 0xA2, 0xA2, 0xB7, 0x1D520, 0x447, 0x2713, 0x2713, 0x3C7, 0x25CB,
    0x29C3, 0x2C6, 0x2257, 0x21BA, 0x21BB, 0xAE, 0x24C8, 0x229B, 0x229A, 0x229D, 0x2257, 0x2A10, 0x2AEF, 0x29C2, 0x2663,
    0x2663, 0x3A, 0x2254, 0x2254, 0x2C, 0x40, 0x2201, 0x2218, 0x2201, 0x2102, 0x2245, 0x2A6D, 0x222E, 0x1D554, 0x2210, 0xA9,
    0xA9, 0x2117, 0x21B5, 0x2717, 0x1D4B8, 0x2ACF, 0x2AD1, 0x2AD0, 0x2AD2, 0x22EF, 0x2938, 0x2935, 0x22DE, 0x22DF, 0x21B6,
    0x293D, 0x222A, 0x2A48, 0x2A46, 0x2A4A, 0x228D, 0x2A45, 0x10222A, 0x21B7, 0x293C, 0x22DE, 0x22DF, 0x22CE, 0x22CF, 0xA4,
    0xA4, 0x21B6, 0x21B7, 0x22CE, 0x22CF, 0x2232, 0x2231, 0x232D, 0x21D3, 0x2965, 0x2020, 0x2138, 0x2193, 0x2010, 0x22A3,
    0x290F, 0x2DD, 0x10F, 0x434, 0x2146, 0x2021, 0x21CA, 0x2A77, 0xB0, 0xB0, 0x3B4, 0x29B1, 0x297F, 0x1D521, 0x21C3, 0x21C2,
    0x22C4, 0x22C4, 0x2666, 0x2666, 0xA8, 0x3DD, 0x22F2, 0xF7, 0xF7, 0xF7, 0x22C7, 0x22C7, 0x452, 0x231E, 0x230D, 0x24,
    0x1D555, 0x2D9, 0x2250, 0x2251, 0x2238, 0x2214, 0x22A1, 0x2306, 0x2193, 0x21CA, 0x21C3, 0x21C2, 0x2910, 0x231F, 0x230C,
    0x1D4B9, 0x455, 0x29F6, 0x111, 0x22F1, 0x25BF, 0x25BE, 0x21F5, 0x296F, 0x29A6, 0x45F, 0x27FF, 0x2A77, 0x2251, 0xE9,
    0xE9, 0x2A6E, 0x11B, 0x2256, 0xEA, 0xEA, 0x2255, 0x44D, 0x117, 0x2147, 0x2252, 0x1D522, 0x2A9A, 0xE8, 0xE8, 0x2A96,
    0x2A98, 0x2A99, 0x23E7, 0x2113, 0x2A95, 0x2A97, 0x113, 0x2205, 0x2205, 0x2205, 0x2004, 0x2005, 0x2003, 0x14B, 0x2002,
    0x119, 0x1D556, 0x22D5, 0x29E3, 0x2A71, 0x3B5, 0x3B5, 0x3F5, 0x2256, 0x2255, 0x2242, 0x2A96, 0x2A95, 0x3D, 0x225F,
    0x2261, 0x2A78, 0x29E5, 0x2253, 0x2971, 0x212F, 0x2250, 0x2242, 0x3B7, 0xF0, 0xF0, 0xEB, 0xEB, 0x20AC, 0x21, 0x2203,
    0x2130, 0x2147, 0x2252, 0x444, 0x2640, 0xFB03, 0xFB00, 0xFB04, 0x1D523, 0xFB01, 0x20066, 0x266D, 0xFB02, 0x25B1, 0x192,
    0x1D557, 0x2200, 0x22D4, 0x2AD9, 0x2A0D, 0xBD, 0xBD, 0x2153, 0xBC, 0xBC, 0x2155, 0x2159, 0x215B, 0x2154, 0x2156, 0xBE,
    0xBE, 0x2157, 0x215C, 0x2158, 0x215A, 0x215D, 0x215E, 0x2044, 0x2322, 0x1D4BB, 0x2267, 0x2A8C, 0x1F5, 0x3B3, 0x3DD,
    0x2A86, 0x11F, 0x11D, 0x433, 0x121, 0x2265, 0x22DB, 0x2265, 0x2267, 0x2A7E, 0x2A7E, 0x2AA9, 0x2A80, 0x2A82, 0x2A84,
    0x1022DB, 0x2A94, 0x1D524, 0x226B, 0x22D9, 0x2137, 0x453, 0x2277, 0x2A92, 0x2AA5, 0x2AA4, 0x2269, 0x2A8A, 0x2A8A,
    0x2A88, 0x2A88, 0x2269, 0x22E7, 0x1D558, 0x60, 0x210A, 0x2273, 0x2A8E, 0x2A90, 0x3E, 0x3E, 0x2AA7, 0x2A7A, 0x22D7,
    0x2995, 0x2A7C, 0x2A86, 0x2978, 0x22D7, 0x22DB, 0x2A8C, 0x2277, 0x2273, 0x102269, 0x102269, 0x21D4, 0x200A, 0xBD,
    0x210B, 0x44A, 0x2194, 0x2948, 0x21AD, 0x210F, 0x125, 0x2665, 0x2665, 0x2026, 0x22B9, 0x1D525, 0x2925, 0x2926, 0x21FF,
    0x223B, 0x21A9, 0x21AA, 0x1D559, 0x2015, 0x1D4BD, 0x210F, 0x127, 0x2043, 0x2010, 0xED, 0xED, 0x2063, 0xEE, 0xEE, 0x438,
    0x435, 0xA1, 0xA1, 0x21D4, 0x1D526, 0xEC, 0xEC, 0x2148, 0x2A0C, 0x222D, 0x29DC, 0x2129, 0x133, 0x12B, 0x2111, 0x2110,
    0x2111, 0x131, 0x22B7, 0x1B5, 0x2208, 0x2105, 0x221E, 0x29DD, 0x131, 0x222B, 0x22BA, 0x2124, 0x22BA, 0x2A17, 0x2A3C,
    0x451, 0x12F, 0x1D55A, 0x3B9, 0x2A3C, 0xBF, 0xBF, 0x1D4BE, 0x2208, 0x22F9, 0x22F5, 0x22F4, 0x22F3, 0x2208, 0x2062,
    0x129, 0x456, 0xEF, 0xEF, 0x135, 0x439, 0x1D527, 0x237, 0x1D55B, 0x1D4BF, 0x458, 0x454, 0x3BA, 0x3F0, 0x137, 0x43A,
    0x1D528, 0x138, 0x445, 0x45C, 0x1D55C, 0x1D4C0, 0x21DA, 0x21D0, 0x291B, 0x290E, 0x2266, 0x2A8B, 0x2962, 0x13A, 0x29B4,
    0x2112, 0x3BB, 0x27E8, 0x2991, 0x27E8, 0x2A85, 0xAB, 0xAB, 0x2190, 0x21E4, 0x291F, 0x291D, 0x21A9, 0x21AB, 0x2939,
    0x2973, 0x21A2, 0x2AAB, 0x2919, 0x2AAD, 0x102AAD, 0x290C, 0x2772, 0x7B, 0x5B, 0x298B, 0x298F, 0x298D, 0x13E, 0x13C,
    0x2308, 0x7B, 0x43B, 0x2936, 0x201C, 0x201E, 0x2967, 0x294B, 0x21B2, 0x2264, 0x2190, 0x21A2, 0x21BD, 0x21BC, 0x21C7,
    0x2194, 0x21C6, 0x21CB, 0x21AD, 0x22CB, 0x22DA, 0x2264, 0x2266, 0x2A7D, 0x2A7D, 0x2AA8, 0x2A7F, 0x2A81, 0x2A83,
    0x1022DA, 0x2A93, 0x2A85, 0x22D6, 0x22DA, 0x2A8B, 0x2276, 0x2272, 0x297C, 0x230A, 0x1D529, 0x2276, 0x2A91, 0x21BD,
    0x21BC, 0x296A, 0x2584, 0x459, 0x226A, 0x21C7, 0x231E, 0x296B, 0x25FA, 0x140, 0x23B0, 0x23B0, 0x2268, 0x2A89, 0x2A89,
    0x2A87, 0x2A87, 0x2268, 0x22E6, 0x27EC, 0x21FD, 0x27E6, 0x27F5, 0x27F7, 0x27FC, 0x27F6, 0x21AB, 0x21AC, 0x2985, 0x1D55D,
    0x2A2D, 0x2A34, 0x2217, 0x5F, 0x25CA, 0x25CA, 0x29EB, 0x28, 0x2993, 0x21C6, 0x231F, 0x21CB, 0x296D, 0x200E, 0x22BF,
    0x2039, 0x1D4C1, 0x21B0, 0x2272, 0x2A8D, 0x2A8F, 0x5B, 0x2018, 0x201A, 0x142, 0x3C, 0x3C, 0x2AA6, 0x2A79, 0x22D6,
    0x22CB, 0x22C9, 0x2976, 0x2A7B, 0x2996, 0x25C3, 0x22B4, 0x25C2, 0x294A, 0x2966, 0x102268, 0x102268, 0x223A, 0xAF, 0xAF,
    0x2642, 0x2720, 0x2720, 0x21A6, 0x21A6, 0x21A7, 0x21A4, 0x21A5, 0x25AE, 0x2A29, 0x43C, 0x2014, 0x2221, 0x1D52A, 0x2127,
    0xB5, 0xB5, 0x2223, 0x2A, 0x2AF0, 0xB7, 0xB7, 0x2212, 0x229F, 0x2238, 0x2A2A, 0x2ADB, 0x2026, 0x2213, 0x22A7, 0x1D55E,
    0x2213, 0x1D4C2, 0x223E, 0x3BC, 0x22B8, 0x22B8, 0x822D9, 0xC226B, 0x8226B, 0x21CD, 0x21CE, 0x822D8, 0xC226A, 0x8226A,
    0x21CF, 0x22AF, 0x22AE, 0x2207, 0x144, 0xC2220, 0x2249, 0x82A70, 0x8224B, 0x149, 0x2249, 0x266E, 0x266E, 0x2115, 0xA0,
    0xA0, 0x8224E, 0x8224F, 0x2A43, 0x148, 0x146, 0x2247, 0x82A6D, 0x2A42, 0x43D, 0x2013, 0x2260, 0x21D7, 0x2924, 0x2197,
    0x2197, 0x82250, 0x2262, 0x2928, 0x82242, 0x2204, 0x2204, 0x1D52B, 0x82267, 0x2271, 0x2271, 0x82267, 0x82A7E, 0x82A7E,
    0x2275, 0x226F, 0x226F, 0x21CE, 0x21AE, 0x2AF2, 0x220B, 0x22FC, 0x22FA, 0x220B, 0x45A, 0x21CD, 0x82266, 0x219A, 0x2025,
    0x2270, 0x219A, 0x21AE, 0x2270, 0x82266, 0x82A7D, 0x82A7D, 0x226E, 0x2274, 0x226E, 0x22EA, 0x22EC, 0x2224, 0x1D55F,
    0xAC, 0xAC, 0x2209, 0x822F9, 0x822F5, 0x2209, 0x22F7, 0x22F6, 0x220C, 0x220C, 0x22FE, 0x22FD, 0x2226, 0x2226, 0xE2AFD,
    0x82202, 0x2A14, 0x2280, 0x22E0, 0x82AAF, 0x2280, 0x82AAF, 0x21CF, 0x219B, 0x82933, 0x8219D, 0x219B, 0x22EB, 0x22ED,
    0x2281, 0x22E1, 0x82AB0, 0x1D4C3, 0x2224, 0x2226, 0x2241, 0x2244, 0x2244, 0x2224, 0x2226, 0x22E2, 0x22E3, 0x2284,
    0x82AC5, 0x2288, 0xC2282, 0x2288, 0x82AC5, 0x2281, 0x82AB0, 0x2285, 0x82AC6, 0x2289, 0xC2283, 0x2289, 0x82AC6, 0x2279,
    0xF1, 0xF1, 0x2278, 0x22EA, 0x22EC, 0x22EB, 0x22ED, 0x3BD, 0x23, 0x2116, 0x2007, 0x22AD, 0x2904, 0xC224D, 0x22AC,
    0xC2265, 0xC003E, 0x29DE, 0x2902, 0xC2264, 0xC003C, 0xC22B4, 0x2903, 0xC22B5, 0xC223C, 0x21D6, 0x2923, 0x2196, 0x2196,
    0x2927, 0x24C8, 0xF3, 0xF3, 0x229B, 0x229A, 0xF4, 0xF4, 0x43E, 0x229D, 0x151, 0x2A38, 0x2299, 0x29BC, 0x153, 0x29BF,
    0x1D52C, 0x2DB, 0xF2, 0xF2, 0x29C1, 0x29B5, 0x3A9, 0x222E, 0x21BA, 0x29BE, 0x29BB, 0x203E, 0x29C0, 0x14D, 0x3C9, 0x3BF,
    0x29B6, 0x2296, 0x1D560, 0x29B7, 0x29B9, 0x2295, 0x2228, 0x21BB, 0x2A5D, 0x2134, 0x2134, 0xAA, 0xAA, 0xBA, 0xBA, 0x22B6,
    0x2A56, 0x2A57, 0x2A5B, 0x2134, 0xF8, 0xF8, 0x2298, 0xF5, 0xF5, 0x2297, 0x2A36, 0xF6, 0xF6, 0x233D, 0x2225, 0xB6, 0xB6,
    0x2225, 0x2AF3, 0x2AFD, 0x2202, 0x43F, 0x25, 0x2E, 0x2030, 0x22A5, 0x2031, 0x1D52D, 0x3C6, 0x3D5, 0x2133, 0x260E, 0x3C0,
    0x22D4, 0x3D6, 0x210F, 0x210E, 0x210F, 0x2B, 0x2A23, 0x229E, 0x2A22, 0x2214, 0x2A25, 0x2A72, 0xB1, 0xB1, 0x2A26, 0x2A27,
    0xB1, 0x2A15, 0x1D561, 0xA3, 0xA3, 0x227A, 0x2AB3, 0x2AB7, 0x227C, 0x2AAF, 0x227A, 0x2AB7, 0x227C, 0x2AAF, 0x2AB9,
    0x2AB5, 0x22E8, 0x227E, 0x2032, 0x2119, 0x2AB5, 0x2AB9, 0x22E8, 0x220F, 0x232E, 0x2312, 0x2313, 0x221D, 0x221D, 0x227E,
    0x22B0, 0x1D4C5, 0x3C8, 0x2008, 0x1D52E, 0x2A0C, 0x1D562, 0x2057, 0x1D4C6, 0x210D, 0x2A16, 0x3F, 0x225F, 0x22, 0x22,
    0x21DB, 0x21D2, 0x291C, 0x290F, 0x2964, 0x4223D, 0x155, 0x221A, 0x29B3, 0x27E9, 0x2992, 0x29A5, 0x27E9, 0xBB, 0xBB,
    0x2192, 0x2975, 0x21E5, 0x2920, 0x2933, 0x291E, 0x21AA, 0x21AC, 0x2945, 0x2974, 0x21A3, 0x219D, 0x291A, 0x2236, 0x211A,
    0x290D, 0x2773, 0x7D, 0x5D, 0x298C, 0x298E, 0x2990, 0x159, 0x157, 0x2309, 0x7D, 0x440, 0x2937, 0x2969, 0x201D, 0x201D,
    0x21B3, 0x211C, 0x211B, 0x211C, 0x211D, 0x25AD, 0xAE, 0xAE, 0x297D, 0x230B, 0x1D52F, 0x21C1, 0x21C0, 0x296C, 0x3C1,
    0x3F1, 0x2192, 0x21A3, 0x21C1, 0x21C0, 0x21C4, 0x21CC, 0x21C9, 0x219D, 0x22CC, 0x2DA, 0x2253, 0x21C4, 0x21CC, 0x200F,
    0x23B1, 0x23B1, 0x2AEE, 0x27ED, 0x21FE, 0x27E7, 0x2986, 0x1D563, 0x2A2E, 0x2A35, 0x29, 0x2994, 0x2A12, 0x21C9, 0x203A,
    0x1D4C7, 0x21B1, 0x5D, 0x2019, 0x2019, 0x22CC, 0x22CA, 0x25B9, 0x22B5, 0x25B8, 0x29CE, 0x2968, 0x211E, 0x15B, 0x201A,
    0x227B, 0x2AB4, 0x2AB8, 0x161, 0x227D, 0x2AB0, 0x15F, 0x15D, 0x2AB6, 0x2ABA, 0x22E9, 0x2A13, 0x227F, 0x441, 0x22C5,
    0x22A1, 0x2A66, 0x21D8, 0x2925, 0x2198, 0x2198, 0xA7, 0xA7, 0x3B, 0x2929, 0x2216, 0x2216, 0x2736, 0x1D530, 0x2322,
    0x266F, 0x449, 0x448, 0x2223, 0x2225, 0xAD, 0xAD, 0x3C3, 0x3C2, 0x3C2, 0x223C, 0x2A6A, 0x2243, 0x2243, 0x2A9E, 0x2AA0,
    0x2A9D, 0x2A9F, 0x2246, 0x2A24, 0x2972, 0x2190, 0x2216, 0x2A33, 0x29E4, 0x2223, 0x2323, 0x2AAA, 0x2AAC, 0x102AAC, 0x44C,
    0x2F, 0x29C4, 0x233F, 0x1D564, 0x2660, 0x2660, 0x2225, 0x2293, 0x102293, 0x2294, 0x102294, 0x228F, 0x2291, 0x228F,
    0x2291, 0x2290, 0x2292, 0x2290, 0x2292, 0x25A1, 0x25A1, 0x25AA, 0x25AA, 0x2192, 0x1D4C8, 0x2216, 0x2323, 0x22C6, 0x2606,
    0x2605, 0x3F5, 0x3D5, 0xAF, 0x2282, 0x2AC5, 0x2ABD, 0x2286, 0x2AC3, 0x2AC1, 0x2ACB, 0x228A, 0x2ABF, 0x2979, 0x2282,
    0x2286, 0x2AC5, 0x228A, 0x2ACB, 0x2AC7, 0x2AD5, 0x2AD3, 0x227B, 0x2AB8, 0x227D, 0x2AB0, 0x2ABA, 0x2AB6, 0x22E9, 0x227F,
    0x2211, 0x266A, 0xB9, 0xB9, 0xB2, 0xB2, 0xB3, 0xB3, 0x2283, 0x2AC6, 0x2ABE, 0x2AD8, 0x2287, 0x2AC4, 0x27C9, 0x2AD7,
    0x297B, 0x2AC2, 0x2ACC, 0x228B, 0x2AC0, 0x2283, 0x2287, 0x2AC6, 0x228B, 0x2ACC, 0x2AC8, 0x2AD4, 0x2AD6, 0x21D9, 0x2926,
    0x2199, 0x2199, 0x292A, 0xDF, 0xDF, 0x2316, 0x3C4, 0x23B4, 0x165, 0x163, 0x442, 0x20DB, 0x2315, 0x1D531, 0x2234, 0x2234,
    0x3B8, 0x3D1, 0x3D1, 0x2248, 0x223C, 0x2009, 0x2248, 0x223C, 0xFE, 0xFE, 0x2DC, 0xD7, 0xD7, 0x22A0, 0x2A31, 0x2A30,
    0x222D, 0x2928, 0x22A4, 0x2336, 0x2AF1, 0x1D565, 0x2ADA, 0x2929, 0x2034, 0x2122, 0x25B5, 0x25BF, 0x25C3, 0x22B4, 0x225C,
    0x25B9, 0x22B5, 0x25EC, 0x225C, 0x2A3A, 0x2A39, 0x29CD, 0x2A3B, 0x23E2, 0x1D4C9, 0x446, 0x45B, 0x167, 0x226C, 0x219E,
    0x21A0, 0x21D1, 0x2963, 0xFA, 0xFA, 0x2191, 0x45E, 0x16D, 0xFB, 0xFB, 0x443, 0x21C5, 0x171, 0x296E, 0x297E, 0x1D532,
    0xF9, 0xF9, 0x21BF, 0x21BE, 0x2580, 0x231C, 0x231C, 0x230F, 0x25F8, 0x16B, 0xA8, 0xA8, 0x173, 0x1D566, 0x2191, 0x2195,
    0x21BF, 0x21BE, 0x228E, 0x3C5, 0x3D2, 0x3C5, 0x21C8, 0x231D, 0x231D, 0x230E, 0x16F, 0x25F9, 0x1D4CA, 0x22F0, 0x169,
    0x25B5, 0x25B4, 0x21C8, 0xFC, 0xFC, 0x29A7, 0x21D5, 0x2AE8, 0x2AE9, 0x22A8, 0x299C, 0x3F5, 0x3F0, 0x2205, 0x3D5, 0x3D6,
    0x221D, 0x2195, 0x3F1, 0x3C2, 0x10228A, 0x102ACB, 0x10228B, 0x102ACC, 0x3D1, 0x22B2, 0x22B3, 0x432, 0x22A2, 0x2228,
    0x22BB, 0x225A, 0x22EE, 0x7C, 0x7C, 0x1D533, 0x22B2, 0xC2282, 0xC2283, 0x1D567, 0x221D, 0x22B3, 0x1D4CB, 0x102ACB,
    0x10228A, 0x102ACC, 0x10228B, 0x299A, 0x175, 0x2A5F, 0x2227, 0x2259, 0x2118, 0x1D534, 0x1D568, 0x2118, 0x2240, 0x2240,
    0x1D4CC, 0x22C2, 0x25EF, 0x22C3, 0x25BD, 0x1D535, 0x27FA, 0x27F7, 0x3BE, 0x27F8, 0x27F5, 0x27FC, 0x22FB, 0x2A00,
    0x1D569, 0x2A01, 0x2A02, 0x27F9, 0x27F6, 0x1D4CD, 0x2A06, 0x2A04, 0x25B3, 0x22C1, 0x22C0, 0xFD, 0xFD, 0x44F, 0x177,
    0x44B, 0xA5, 0xA5, 0x1D536, 0x457, 0x1D56A, 0x1D4CE, 0x44E, 0xFF, 0xFF, 0x17A, 0x17E, 0x437, 0x17C, 0x2128, 0x3B6,
    0x1D537, 0x436, 0x21DD, 0x1D56B, 0x1D4CF, 0x200D, 0x200C,
};
