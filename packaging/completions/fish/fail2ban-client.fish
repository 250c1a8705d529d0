# Completion for fish of fail2ban-client, fail2ban-server and fail2ban-regex. The program itself knows what may come next.
function __fail2ban_offers
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in (command $before[1] --offer $before[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':file*'
                __fish_complete_path "$current"
            case ':directory*'
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end

for name in fail2ban-client fail2ban-server fail2ban-regex
    complete -c $name -f -a '(__fail2ban_offers)'
end
