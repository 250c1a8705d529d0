Console.Error.WriteLine("fail2ban: not wired yet");
return 255;
