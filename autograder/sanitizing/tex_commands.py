"""The TeX that a formula may hold: standard commands of LaTeX and AMS, none of which reaches beyond
the formula.

What is not in these tables acts on the page (links, styles, names, pictures), loads an extension,
defines a command, or draws over what stands beside the formula (rules, raised boxes, overlaps, huge
letters). An unknown command may be any of these in some version of MathJax.
"""

from __future__ import annotations

import re

_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda "
    "mu nu xi omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega "
    "digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varGamma varDelta varTheta "
    "varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega"
)
_LETTERS = (
    "aleph beth gimel daleth hbar hslash imath jmath ell wp Re Im partial nabla infty forall "
    "exists nexists emptyset varnothing complement Finv Game eth Bbbk prime backprime angle "
    "measuredangle sphericalangle surd top bot flat natural sharp clubsuit diamondsuit heartsuit "
    "spadesuit bigstar square Box blacksquare Diamond lozenge blacklozenge triangle triangledown "
    "blacktriangle blacktriangledown circledS circledR maltese checkmark yen degree dag dagger "
    "ddag ddagger S P copyright pounds AA aa O o"
)
_NAMED_FUNCTIONS = (
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim "
    "liminf limsup ln log max min Pr projlim sec sin sinh sup tan tanh varinjlim varliminf "
    "varlimsup varprojlim bmod mod pmod pod operatorname operatornamewithlimits"
)
_BIG_OPERATORS = (
    "sum prod coprod int iint iiint iiiint oint idotsint intop smallint bigcap bigcup bigodot "
    "bigoplus bigotimes bigsqcup biguplus bigvee bigwedge limits nolimits displaylimits"
)
_OPERATORS = (
    "pm mp times div ast star circ bullet cdot cap cup uplus sqcap sqcup vee lor wedge land "
    "setminus smallsetminus wr diamond bigtriangleup bigtriangledown triangleleft triangleright "
    "oplus ominus otimes oslash odot bigcirc amalg dotplus ltimes rtimes leftthreetimes "
    "rightthreetimes curlywedge curlyvee barwedge veebar doublebarwedge boxminus boxplus boxtimes "
    "boxdot circledast circledcirc circleddash divideontimes intercal centerdot Cap Cup doublecap "
    "doublecup lhd rhd unlhd unrhd neg lnot And"
)
_RELATIONS = (
    "lt gt le leq leqq leqslant ge geq geqq geqslant ne neq not equiv approx approxeq sim simeq "
    "thicksim thickapprox backsim backsimeq cong propto varpropto asymp doteq doteqdot Doteq "
    "risingdotseq fallingdotseq ll gg lll ggg llless gggtr prec succ preceq succeq preccurlyeq "
    "succcurlyeq curlyeqprec curlyeqsucc precsim succsim precapprox succapprox precneqq succneqq "
    "precnsim succnsim precnapprox succnapprox subset supset subseteq supseteq subseteqq supseteqq "
    "subsetneq supsetneq subsetneqq supsetneqq varsubsetneq varsupsetneq nsubseteq nsupseteq "
    "Subset Supset sqsubset sqsupset sqsubseteq sqsupseteq in ni owns notin mid nmid shortmid "
    "nshortmid parallel nparallel shortparallel nshortparallel perp vdash dashv vDash models Vdash "
    "Vvdash nvdash nvDash nVdash nVDash bowtie Join smile frown smallsmile smallfrown pitchfork "
    "between therefore because backepsilon eqcirc circeq triangleq bumpeq Bumpeq lessgtr gtrless "
    "lesseqgtr gtreqless lesseqqgtr gtreqqless lesssim gtrsim lessapprox gtrapprox lessdot gtrdot "
    "eqslantless eqslantgtr lneq gneq lneqq gneqq lnsim gnsim lnapprox gnapprox nless ngtr nleq "
    "ngeq nleqq ngeqq nleqslant ngeqslant nprec nsucc npreceq nsucceq nsim ncong trianglelefteq "
    "trianglerighteq vartriangle vartriangleleft vartriangleright ntriangleleft ntriangleright "
    "ntrianglelefteq ntrianglerighteq blacktriangleleft blacktriangleright colon"
)
_ARROWS = (
    "to gets leftarrow rightarrow leftrightarrow uparrow downarrow updownarrow Leftarrow "
    "Rightarrow Leftrightarrow Uparrow Downarrow Updownarrow longleftarrow longrightarrow "
    "longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow mapsto longmapsto iff "
    "implies impliedby hookleftarrow hookrightarrow leftharpoonup leftharpoondown rightharpoonup "
    "rightharpoondown rightleftharpoons leftrightharpoons upharpoonleft upharpoonright "
    "downharpoonleft downharpoonright restriction nearrow searrow swarrow nwarrow leadsto "
    "rightsquigarrow leftrightsquigarrow twoheadleftarrow twoheadrightarrow leftarrowtail "
    "rightarrowtail leftleftarrows rightrightarrows leftrightarrows rightleftarrows upuparrows "
    "downdownarrows Lleftarrow Rrightarrow looparrowleft looparrowright curvearrowleft "
    "curvearrowright circlearrowleft circlearrowright Lsh Rsh multimap dashleftarrow "
    "dashrightarrow nleftarrow nrightarrow nLeftarrow nRightarrow nleftrightarrow nLeftrightarrow "
    "xleftarrow xrightarrow"
)
_DELIMITERS = (
    "left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm "
    "biggm Biggm langle rangle lbrace rbrace lbrack rbrack lceil rceil lfloor rfloor lvert rvert "
    "lVert rVert vert Vert lgroup rgroup lmoustache rmoustache ulcorner urcorner llcorner "
    "lrcorner backslash bracevert arrowvert Arrowvert"
)
_CONSTRUCTIONS = (
    "frac dfrac tfrac cfrac binom dbinom tbinom over atop choose brace brack sqrt root of stackrel "
    "overset underset substack sideset overbrace underbrace overline underline overleftarrow "
    "overrightarrow overleftrightarrow underleftarrow underrightarrow underleftrightarrow buildrel "
    "boxed fbox phantom hphantom vphantom mathstrut strut matrix pmatrix cases cr hline hdashline "
    "tag notag nonumber bra ket braket Bra Ket"
)
_ACCENTS = (
    "acute bar breve check dot ddot dddot ddddot grave hat mathring tilde vec widehat widetilde"
)
_FONTS = (
    "mathbb mathbf mathcal mathfrak mathit mathnormal mathrm mathscr mathsf mathtt boldsymbol bm "
    "pmb Bbb bold frak scr text textrm textbf textit textsf texttt textnormal textup mbox hbox rm "
    "bf it sf tt cal mit displaystyle textstyle scriptstyle scriptscriptstyle normalsize small "
    "footnotesize scriptsize tiny mathop mathbin mathrel mathopen mathclose mathpunct mathord "
    "mathinner TeX LaTeX"
)
_SPACES_AND_DOTS = (
    "quad qquad enspace enskip thinspace medspace thickspace space nobreakspace newline hfill "
    "hfil dots cdots ldots vdots ddots dotsb dotsc dotsi dotsm dotso"
)
COMMANDS = frozenset(
    " ".join(
        [
            _GREEK,
            _LETTERS,
            _NAMED_FUNCTIONS,
            _BIG_OPERATORS,
            _OPERATORS,
            _RELATIONS,
            _ARROWS,
            _DELIMITERS,
            _CONSTRUCTIONS,
            _ACCENTS,
            _FONTS,
            _SPACES_AND_DOTS,
        ]
    ).split()
)
ENVIRONMENTS = [
    "equation",
    "align",
    "aligned",
    "alignat",
    "alignedat",
    "flalign",
    "gather",
    "gathered",
    "multline",
    "split",
    "eqnarray",
    "array",
    "subarray",
    "matrix",
    "pmatrix",
    "bmatrix",
    "Bmatrix",
    "vmatrix",
    "Vmatrix",
    "smallmatrix",
    "cases",
]
_ENVIRONMENT = re.compile(rf"\s*+\{{(?:{'|'.join(ENVIRONMENTS)})\*?\}}")
_COLOR = re.compile(r"\s*+\{(?:[A-Za-z]{1,20}|#[0-9A-Fa-f]{3,8})\}")
_LENGTH = re.compile(r"\s*+\{\s*+\d(?:\.\d{1,3})?\s*+(?:em|ex|mu)\s*+\}")
_LABEL = re.compile(r"\s*+\{[A-Za-z0-9 :._-]{1,60}\}")
_BRACE = re.compile(r"\s*+\{")
WITH_ARGUMENT = {
    "begin": _ENVIRONMENT,
    "end": _ENVIRONMENT,
    "color": _COLOR,
    "textcolor": _COLOR,
    "hspace": _LENGTH,
    "mspace": _LENGTH,
    "label": _LABEL,
    "ref": _LABEL,
    "eqref": _LABEL,
    "cancel": _BRACE,
    "bcancel": _BRACE,
    "xcancel": _BRACE,
}
"""Commands that take part only with an argument of this form directly behind them."""
