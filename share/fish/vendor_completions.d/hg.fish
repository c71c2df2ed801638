# fish completion for hg. What there is to complete with is asked of hg itself: commands and options with debugcomplete,
# names of revisions with debugnamecomplete, tracked paths with debugpathcomplete.

function __hg_ask
    env HGPLAIN=1 hg $argv 2>/dev/null
end

# The command that is typed, by its first name; nothing before there is one.
function __hg_command
    set -l words (commandline -opc)
    set -l skip 0
    for word in $words[2..-1]
        if test $skip -eq 1
            set skip 0
            continue
        end
        switch $word
            case -R --repository --cwd --config --config-file --color --pager --encoding --encodingmode
                set skip 1
            case '-*'
                continue
            case '*'
                set -l known (__hg_ask debugcomplete -v $word)
                if test (count $known) -eq 1
                    string split -f 1 ' ' -- $known[1]
                else
                    echo $word
                end
                return 0
        end
    end
    return 1
end

function __hg_previous_is
    set -l words (commandline -opc)
    contains -- $words[-1] $argv
end

function __hg_arguments
    set -l typed (commandline -ct)
    if __hg_previous_is -r --rev --from --to -c --change --base -P --prune --updaterev
        __hg_ask debugnamecomplete -- $typed
        return
    else if __hg_previous_is -b --branch
        __hg_ask branches -T '{branch}\n'
        return
    else if __hg_previous_is -B --bookmark
        __hg_ask bookmarks -T '{bookmark}\n'
        return
    else if __hg_previous_is -T --template --style
        printf '%s\n' bisect cbor changelog compact debug default json phases show status xml
        return
    end
    set -l command (__hg_command)
    if string match -q -- '-*' $typed
        __hg_ask debugcomplete --options $command
        return
    end
    switch "$command"
        case ''
            __hg_ask debugcomplete -- $typed
        case help
            __hg_ask debugcomplete -- $typed
        case update merge graft backout phase export
            __hg_ask debugnamecomplete -- $typed
        case bookmarks
            __hg_ask bookmarks -T '{bookmark}\n'
        case branch
            __hg_ask branches -T '{branch}\n'
        case tag
            __hg_ask tags -T '{tag}\n'
        case incoming outgoing pull push
            __hg_ask paths -q
        case unshelve
            __hg_ask shelve -l -q
        case add
            __hg_ask status --no-status --unknown
        case revert commit
            __hg_ask status --no-status --modified --added --removed --deleted
        case resolve
            __hg_ask resolve --list --no-status
        case config
            __hg_ask config -T '{name}\n'
        case clone init share import bundle unbundle archive
            __fish_complete_path $typed
        case '*'
            __hg_ask debugpathcomplete -- $typed
    end
end

complete -c hg -f -a '(__hg_arguments)'
