"""Settings of known merge programs, used where neither `HGRCPATH` nor the user says anything else.

Names, values and order are those that Mercurial ships, with what only concerns Windows, because they can be listed.
"""

from __future__ import annotations

#: Settings by program and name, as they would stand in section `merge-tools`.
KNOWN_TOOLS: dict[str, dict[str, str]] = {
    "araxis": {
        "args": (
            '/3 /a2 /wait /merge /title1:"Other" /title2:"Base" /title3:"Local :"$local $other '
            "$base $local $output"
        ),
        "binary": "True",
        "checkconflicts": "True",
        "diffargs": "/2 /wait /title1:$plabel1 /title2:$clabel $parent $child",
        "gui": "True",
        "priority": "-2",
        "regappend": "\\ConsoleCompare.exe",
        "regkey": "SOFTWARE\\Classes\\TypeLib\\{46799e0a-7bd1-4330-911c-9660bb964ea2}\\7.0\\HELPDIR",
    },
    "bcompare": {
        "args": (
            "$local $other $base -mergeoutput=$output -ro -lefttitle=$labellocal "
            "-centertitle=$labelbase -righttitle=$labelother -outputtitle=merged -automerge "
            "-reviewconflicts -solo"
        ),
        "diffargs": "-lro -lefttitle=$plabel1 -righttitle=$clabel -solo -expandall $parent $child",
        "gui": "True",
        "priority": "-1",
    },
    "bcomposx": {
        "args": (
            "$local $other $base -mergeoutput=$output -ro -lefttitle=$labellocal "
            "-centertitle=$labelbase -righttitle=$labelother -outputtitle=merged -automerge "
            "-reviewconflicts -solo"
        ),
        "diffargs": "-lro -lefttitle=$plabel1 -righttitle=$clabel -solo -expandall $parent $child",
        "executable": "/Applications/Beyond Compare.app/Contents/MacOS/bcomp",
        "gui": "True",
        "priority": "-1",
    },
    "beyondcompare3": {
        "args": (
            "$local $other $base $output /ro /lefttitle=$labellocal /centertitle=$labelbase "
            "/righttitle=$labelother /automerge /reviewconflicts /solo"
        ),
        "diffargs": "/lro /lefttitle=$plabel1 /righttitle=$clabel /solo /expandall $parent $child",
        "gui": "True",
        "priority": "-2",
        "regkey": "Software\\Scooter Software\\Beyond Compare 3",
        "regkeyalt": "Software\\Wow6432Node\\Scooter Software\\Beyond Compare 3",
        "regname": "ExePath",
    },
    "beyondcompare4": {
        "args": (
            "$local $other $base /mergeoutput=$output /ro /lefttitle=$labellocal "
            "/centertitle=$labelbase /righttitle=$labelother /outputtitle=merged /automerge "
            "/reviewconflicts /solo"
        ),
        "diffargs": "/lro /lefttitle=$plabel1 /righttitle=$clabel /solo /expandall $parent $child",
        "gui": "True",
        "premerge": "False",
        "priority": "-1",
        "regkey": "Software\\Scooter Software\\Beyond Compare 4",
        "regkeyalt": "Software\\Wow6432Node\\Scooter Software\\Beyond Compare 4",
        "regname": "ExePath",
    },
    "diffmerge": {
        "args": (
            "-nosplash -merge -title1=$labellocal -title2=merged -title3=$labelother $local $base "
            "$other -result=$output"
        ),
        "check": "changed",
        "diffargs": "--nosplash --title1=$plabel1 --title2=$clabel $parent $child",
        "gui": "True",
        "priority": "-7",
        "regkey": "Software\\SourceGear\\SourceGear DiffMerge\\",
        "regkeyalt": "Software\\Wow6432Node\\SourceGear\\SourceGear DiffMerge\\",
        "regname": "Location",
    },
    "diffuse": {
        "args": "$local $base $other",
        "diffargs": "$parent $child",
        "gui": "True",
        "priority": "-3",
    },
    "ecmerge": {
        "args": (
            "$base $local $other --mode=merge3 --title0=$labelbase --title1=$labellocal "
            "--title2=$labelother --to=$output"
        ),
        "diffargs": "$parent $child --mode=diff2 --title1=$plabel1 --title2=$clabel",
        "gui": "True",
        "regkey": "Software\\Elli\\xc3\\xa9 Computing\\Merge",
        "regkeyalt": "Software\\Wow6432Node\\Elli\\xc3\\xa9 Computing\\Merge",
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
        "executable": "/Applications/Xcode.app/Contents/Applications/FileMerge.app/Contents/MacOS/FileMerge",
        "gui": "True",
    },
    "gpyfm": {
        "gui": "True",
    },
    "gvimdiff": {
        "args": "--nofork -d -g -O $local $other $base",
        "diffargs": "--nofork -d -g -O $parent $child",
        "priority": "-9",
        "regkey": "Software\\Vim\\GVim",
        "regkeyalt": "Software\\Wow6432Node\\Vim\\GVim",
        "regname": "path",
    },
    "kdiff3": {
        "args": "--auto --L1 $labelbase --L2 $labellocal --L3 $labelother $base $local $other -o $output",
        "diffargs": "--L1 $plabel1 --L2 $clabel $parent $child",
        "fixeol": "True",
        "gui": "True",
        "regappend": "\\kdiff3.exe",
        "regkey": "Software\\KDiff3",
        "regkeyalt": "Software\\Wow6432Node\\KDiff3",
    },
    "meld": {
        "args": (
            "--label=$labellocal $local --label='merged' $base --label=$labelother $other -o "
            "$output --auto-merge"
        ),
        "check": "changed",
        "diffargs": "--label=$plabel1 $parent --label=$clabel $child",
        "gui": "True",
    },
    "merge": {
        "check": "conflicts",
        "priority": "-100",
    },
    "p4merge": {
        "args": "$base $local $other $output",
        "diffargs": "$parent $child",
        "gui": "True",
        "priority": "-8",
        "regappend": "\\p4merge.exe",
        "regkey": "Software\\Perforce\\Environment",
        "regkeyalt": "Software\\Wow6432Node\\Perforce\\Environment",
        "regname": "P4INSTROOT",
    },
    "p4mergeosx": {
        "args": "$base $local $other $output",
        "diffargs": "$parent $child",
        "executable": "/Applications/p4merge.app/Contents/MacOS/p4merge",
        "gui": "True",
        "priority": "-8",
    },
    "tkdiff": {
        "args": "$local $other -a $base -o $output",
        "diffargs": "-L $plabel1 $parent -L $clabel $child",
        "gui": "True",
        "priority": "-8",
    },
    "tortoisemerge": {
        "args": "/base:$base /mine:$local /theirs:$other /merged:$output",
        "check": "changed",
        "diffargs": "/base:$parent /mine:$child /basename:$plabel1 /minename:$clabel",
        "gui": "True",
        "priority": "-8",
        "regkey": "Software\\TortoiseSVN",
        "regkeyalt": "Software\\Wow6432Node\\TortoiseSVN",
    },
    "UltraCompare": {
        "args": "$base $local $other -title1 base -title3 other",
        "binary": "True",
        "check": "conflicts,changed",
        "diffargs": "$child $parent -title1 $clabel -title2 $plabel1",
        "gui": "True",
        "priority": "-2",
        "regkey": "Software\\Microsoft\\Windows\\CurrentVersion\\App Paths\\UC.exe",
        "regkeyalt": "Software\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\App Paths\\UC.exe",
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
        "diffargs": "/r /e /x /ub /wl /dl $plabel1 /dr $clabel $parent $child",
        "gui": "True",
        "priority": "-10",
        "regkey": "Software\\Thingamahoochie\\WinMerge",
        "regkeyalt": "Software\\Wow6432Node\\Thingamahoochie\\WinMerge\\",
        "regname": "Executable",
    },
    "xxdiff": {
        "args": (
            "--show-merged-pane --exit-with-merge-status --title1 $labellocal --title2 $labelbase "
            "--title3 $labelother --merged-filename $output --merge $local $base $other"
        ),
        "diffargs": "--title1 $plabel1 $parent --title2 $clabel $child",
        "gui": "True",
        "priority": "-8",
    },
}
