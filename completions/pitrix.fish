# fish completion of pitrix
function __pitrix_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l mode :none
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        switch $line
            case ':*'
                set mode $line
            case '*'
                echo $line
        end
    end
    switch $mode
        case :files
            __fish_complete_path (commandline -ct)
        case :dirs
            __fish_complete_directories (commandline -ct)
    end
end
complete -c pitrix -f -a '(__pitrix_complete)'
