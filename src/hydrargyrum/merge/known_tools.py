"""Settings of known merge programs, used where neither `HGRCPATH` nor the user says anything else.

Names and values are those that Mercurial ships, without what only concerns Windows; `choice` uses them.
"""

from __future__ import annotations

#: Settings by program and name, as they would stand in section `merge-tools`.
KNOWN_TOOLS: dict[str, dict[str, str]] = {
    "UltraCompare": {
        "args": "$base $local $other -title1 base -title3 other",
        "binary": "True",
        "check": "conflicts,changed",
        "gui": "True",
        "priority": "-2",
    },
    "araxis": {
        "args": (
            '/3 /a2 /wait /merge /title1:"Other" /title2:"Base" /title3:"Local :"$local $other '
            "$base $local $output"
        ),
        "binary": "True",
        "checkconflicts": "True",
        "gui": "True",
        "priority": "-2",
    },
    "bcompare": {
        "args": (
            "$local $other $base -mergeoutput=$output -ro -lefttitle=$labellocal "
            "-centertitle=$labelbase -righttitle=$labelother -outputtitle=merged -automerge "
            "-reviewconflicts -solo"
        ),
        "gui": "True",
        "priority": "-1",
    },
    "bcomposx": {
        "args": (
            "$local $other $base -mergeoutput=$output -ro -lefttitle=$labellocal "
            "-centertitle=$labelbase -righttitle=$labelother -outputtitle=merged -automerge "
            "-reviewconflicts -solo"
        ),
        "executable": "/Applications/Beyond Compare.app/Contents/MacOS/bcomp",
        "gui": "True",
        "priority": "-1",
    },
    "beyondcompare3": {
        "args": (
            "$local $other $base $output /ro /lefttitle=$labellocal /centertitle=$labelbase "
            "/righttitle=$labelother /automerge /reviewconflicts /solo"
        ),
        "gui": "True",
        "priority": "-2",
    },
    "beyondcompare4": {
        "args": (
            "$local $other $base /mergeoutput=$output /ro /lefttitle=$labellocal "
            "/centertitle=$labelbase /righttitle=$labelother /outputtitle=merged /automerge "
            "/reviewconflicts /solo"
        ),
        "gui": "True",
        "premerge": "False",
        "priority": "-1",
    },
    "diffmerge": {
        "args": (
            "-nosplash -merge -title1=$labellocal -title2=merged -title3=$labelother $local $base "
            "$other -result=$output"
        ),
        "check": "changed",
        "gui": "True",
        "priority": "-7",
    },
    "diffuse": {
        "args": "$local $base $other",
        "gui": "True",
        "priority": "-3",
    },
    "ecmerge": {
        "args": (
            "$base $local $other --mode=merge3 --title0=$labelbase --title1=$labellocal "
            "--title2=$labelother --to=$output"
        ),
        "gui": "True",
    },
    "editmerge": {
        "args": "$output",
        "check": "changed",
        "premerge": "keep",
    },
    "filemerge": {
        "args": "-left $other -right $local -ancestor $base -merge $output",
        "executable": "/Developer/Applications/Utilities/FileMerge.app/Contents/MacOS/FileMerge",
        "gui": "True",
    },
    "filemergexcode": {
        "args": "-left $other -right $local -ancestor $base -merge $output",
        "executable": (
            "/Applications/Xcode.app/Contents/Applications/FileMerge.app/Contents/MacOS/FileMerge"
        ),
        "gui": "True",
    },
    "gpyfm": {
        "gui": "True",
    },
    "gvimdiff": {
        "args": "--nofork -d -g -O $local $other $base",
        "priority": "-9",
    },
    "kdiff3": {
        "args": ("--auto --L1 $labelbase --L2 $labellocal --L3 $labelother $base $local $other -o $output"),
        "fixeol": "True",
        "gui": "True",
    },
    "meld": {
        "args": (
            "--label=$labellocal $local --label='merged' $base --label=$labelother $other -o "
            "$output --auto-merge"
        ),
        "check": "changed",
        "gui": "True",
    },
    "merge": {
        "check": "conflicts",
        "priority": "-100",
    },
    "p4merge": {
        "args": "$base $local $other $output",
        "gui": "True",
        "priority": "-8",
    },
    "p4mergeosx": {
        "args": "$base $local $other $output",
        "executable": "/Applications/p4merge.app/Contents/MacOS/p4merge",
        "gui": "True",
        "priority": "-8",
    },
    "tkdiff": {
        "args": "$local $other -a $base -o $output",
        "gui": "True",
        "priority": "-8",
    },
    "tortoisemerge": {
        "args": "/base:$base /mine:$local /theirs:$other /merged:$output",
        "check": "changed",
        "gui": "True",
        "priority": "-8",
    },
    "vimdiff": {
        "args": (
            '$local $other $base -c \'redraw | echomsg "hg merge conflict, type \\":cq\\" to abort vimdiff"\''
        ),
        "check": "changed",
        "priority": "-10",
    },
    "winmerge": {
        "args": "/e /x /wl /ub /dl $labelother /dr $labellocal $other $local $output",
        "check": "changed",
        "gui": "True",
        "priority": "-10",
    },
    "xxdiff": {
        "args": (
            "--show-merged-pane --exit-with-merge-status --title1 $labellocal --title2 $labelbase "
            "--title3 $labelother --merged-filename $output --merge $local $base $other"
        ),
        "gui": "True",
        "priority": "-8",
    },
}
